package wellformed

import (
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/handoffhq/handoff/services/internal/fault"
)

func wrong(format string, args ...any) []fault.Violation {
	return []fault.Violation{{Message: fmt.Sprintf(format, args...)}}
}

func undecodable() []fault.Violation { return wrong("cannot be decoded") }

// within puts a step in front of each path.
func within(step string, found []fault.Violation) []fault.Violation {
	for i := range found {
		if rest := found[i].Field; rest == "" || rest[0] == '[' {
			found[i].Field = step + rest
		} else {
			found[i].Field = step + "." + rest
		}
	}
	return found
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

// atKey puts the key of a map in front of what is wrong in one of its pairs.
func atKey(entry []byte, found []fault.Violation) []fault.Violation {
	if found == nil {
		return nil
	}
	for i := range found { // `key`, `value` or `value.and.so.on`
		_, found[i].Field, _ = strings.Cut(found[i].Field, ".")
	}
	return within(Subscript(keyOf(entry)), found)
}

// keyOf reads the key of a map's pair; empty if it is not a text or a number.
func keyOf(entry []byte) string {
	number, form, n := protowire.ConsumeTag(entry)
	if n < 0 || number != 1 {
		return ""
	}
	switch entry = entry[n:]; form {
	case protowire.BytesType:
		key, _ := protowire.ConsumeBytes(entry)
		return string(key)
	case protowire.VarintType:
		key, _ := protowire.ConsumeVarint(entry)
		return strconv.FormatInt(int64(key), 10)
	}
	return ""
}

// maxKeyBytes bounds the keys that stand in a path.
const maxKeyBytes = 64

// Subscript is a map's key as it stands in a path. A key that is not a plain name stays out of it: a caller may have put an
// address there, and paths reach traces.
func Subscript(key string) string {
	plain := key != "" && len(key) <= maxKeyBytes && !strings.ContainsFunc(key, func(r rune) bool {
		return r != '_' && r != '-' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if !plain {
		return "[?]"
	}
	return `["` + key + `"]`
}
