package normal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/handoffhq/handoff/services/scoring/internal/normal/mailkind"
)

// The limits of an e-mail address in bytes, of RFC 5321, section 4.5.3.1, where
// the longest path of 256 includes the angle brackets.
const (
	MaxEmailBytes     = 254
	maxLocalPartBytes = 64
)

// Email is a normalised e-mail address.
type Email struct {
	// Address is the local part exactly as given, "@" and Host.Name. It is what
	// a message is sent to.
	Address string
	// Key is what two addresses are compared by: in lower case, without a
	// "+tag". Nobody is written to at a key.
	Key string
	// Host is the part after the "@".
	Host Host
	// Kind tells whether Host belongs to a company at all.
	Kind mailkind.Kind
}

// ParseEmail normalises an e-mail address. The local part may hold the
// characters that an HTML form allows in one (HTML Standard, section 4.10.5.1.5)
// and letters beyond ASCII (RFC 6531); quoted local parts and address literals
// in brackets, which no mailbox that answers marketing has, are refused.
func ParseEmail(address string) (Email, error) {
	address, err := admit(FieldEmail, address, MaxEmailBytes)
	if err != nil {
		return Email{}, err
	}
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return Email{}, refuse(FieldEmail, ErrSyntax)
	}
	local := address[:at]
	if len(local) > maxLocalPartBytes {
		return Email{}, refuseLength(FieldEmail, maxLocalPartBytes)
	}
	host, err := parseHost(FieldEmail, address[at+1:])
	if err != nil {
		return Email{}, err
	}
	if !isLocalPart(local) {
		return Email{}, refuse(FieldEmail, ErrSyntax)
	}
	if len(local)+1+len(host.Name) > MaxEmailBytes {
		return Email{}, refuseLength(FieldEmail, MaxEmailBytes)
	}
	return Email{
		Address: local + "@" + host.Name,
		Key:     localKey(local) + "@" + host.Name,
		Host:    host,
		Kind:    mailkind.Of(host.Name, host.Domain),
	}, nil
}

// isLocalPart reports whether text can stand before the "@" without quotes.
func isLocalPart(text string) bool {
	if text == "" {
		return false
	}
	for _, r := range text {
		switch {
		case r >= utf8.RuneSelf:
			if !isMailboxLetter(r) {
				return false
			}
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		case strings.ContainsRune(".!#$%&'*+/=?^_`{|}~-", r):
		default:
			return false
		}
	}
	return true
}

// isMailboxLetter reports whether a character beyond ASCII may stand in a local
// part: letters, marks, digits, and symbols that people register.
func isMailboxLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) || unicode.IsSymbol(r)
}

// localKey returns what a local part is compared by. A local part that is
// nothing but a tag keeps it.
func localKey(local string) string {
	local = norm.NFC.String(strings.ToLower(norm.NFC.String(local)))
	if name, _, tagged := strings.Cut(local, "+"); tagged && name != "" {
		return name
	}
	return local
}
