package importer

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// register remembers what the suite made of resources that others refer to, and which names were given already. On disk it
// is a file of entries that only grows.
type register struct {
	file    *os.File
	size    int64 // on disk
	entries map[fingerprint]entry
	pending []byte // not on disk yet
}

// fingerprint stands for a key: half of a SHA-256, so that keys of any length take the same room.
type fingerprint [16]byte

// entry is what is remembered of a resource.
type entry struct {
	id           [16]byte // of the name that the suite made; zeros where the importer chose it
	firstContact int64    // microseconds since 1970
}

// entryBytes is the length of an entry on disk: fingerprint, id, first contact.
const entryBytes = 16 + 16 + 8

// openRegister opens the register as it was when it had a size. What is behind that was never acknowledged as a whole.
func openRegister(path string, size int64) (*register, error) {
	file, err := openAt(path, size)
	if err != nil {
		return nil, err
	}
	r := &register{file: file, size: size, entries: map[fingerprint]entry{}}
	if err := r.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), file.Close())
	}
	return r, nil
}

func (r *register) load() error {
	all := io.NewSectionReader(r.file, 0, r.size)
	var b [entryBytes]byte
	for {
		_, err := io.ReadFull(all, b[:])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r.entries[fingerprint(b[:16])] = entry{id: [16]byte(b[16:32]), firstContact: int64(binary.BigEndian.Uint64(b[32:]))}
	}
}

// fingerprintOf stands for a key.
func fingerprintOf(k mapping.Key) fingerprint {
	sum := sha256.Sum256([]byte(string(k.Kind) + "\x00" + k.Source + "\x00" + k.ID))
	return fingerprint(sum[:16])
}

// learn remembers a resource.
func (r *register) learn(k mapping.Key, known mapping.Known) error {
	var e entry
	if !k.Kind.Chosen() {
		id, err := hex.DecodeString(strings.TrimPrefix(known.Name, k.Kind.Collection()+"/"))
		if err != nil || len(id) != len(e.id) {
			return fmt.Errorf("the suite named a %s %q", k.Kind, known.Name)
		}
		e = entry{id: [16]byte(id), firstContact: known.FirstContact.UnixMicro()}
	}
	f := fingerprintOf(k)
	if before, ok := r.entries[f]; ok && before == e {
		return nil
	}
	r.entries[f] = e
	r.pending = append(append(r.pending, f[:]...), e.id[:]...)
	r.pending = binary.BigEndian.AppendUint64(r.pending, uint64(e.firstContact))
	return nil
}

// has reports whether a resource is remembered.
func (r *register) has(k mapping.Key) bool {
	_, ok := r.entries[fingerprintOf(k)]
	return ok
}

// lookup gives what is remembered of a resource that the suite named.
func (r *register) lookup(k mapping.Key) (mapping.Known, bool) {
	e, ok := r.entries[fingerprintOf(k)]
	return mapping.Known{
		Name:         k.Kind.Collection() + "/" + hex.EncodeToString(e.id[:]),
		FirstContact: time.UnixMicro(e.firstContact).UTC(),
	}, ok
}

// flush makes durable what was learnt.
func (r *register) flush() error {
	if len(r.pending) == 0 {
		return nil
	}
	n, err := r.file.Write(r.pending)
	r.size += int64(n)
	r.pending = r.pending[:0]
	return errors.Join(err, r.file.Sync())
}

// openAt opens a file to go on at a size, and cuts off what is behind it.
func openAt(path string, size int64) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.Size() < size {
		err = fmt.Errorf("%s is shorter than the state says; begin anew", path)
	}
	if err == nil {
		err = file.Truncate(size)
	}
	if err == nil {
		_, err = file.Seek(size, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
