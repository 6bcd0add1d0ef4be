package importer

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"google.golang.org/protobuf/proto"

	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// requestID is the id of the request with a batch. It follows from the mapping, the file and the content, so that a batch
// which is sent again is known again, and a file that was changed and changed back is not mistaken for the first.
func requestID(digest, mark string, batch []*mapping.Draft) (string, error) {
	sum := sha256.New()
	write := func(b []byte) {
		sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
		sum.Write(b)
	}
	write([]byte(digest))
	write([]byte(mark))
	for _, d := range batch {
		content, err := proto.MarshalOptions{Deterministic: true}.Marshal(d.Message)
		if err != nil {
			return "", err
		}
		write([]byte(string(d.Key.Kind) + "/" + d.Key.ID))
		write(content)
	}
	id := sum.Sum(nil)[:16]
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // a UUID of version 8: made of what it names
	h := hex.EncodeToString(id)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}
