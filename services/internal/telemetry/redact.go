package telemetry

import (
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"google.golang.org/protobuf/proto"
)

// secretKeys are parts of attribute keys whose values are never written.
var secretKeys = []string{
	"authorization", "token", "secret", "password", "passwd", "cookie", "credential", "apikey", "privatekey",
	"email", "phone", "givenname", "familyname",
}

// personal finds what must not stand in a text: bearer tokens, e-mail addresses (and the password of a URL), and telephone
// numbers with their country code.
var personal = regexp.MustCompile(`eyJ[\w-]{5,}\.[\w-]*(?:\.[\w-]*)?` +
	`|[^\s@"'<>(),;:=]+@[^\s@"'<>(),;:=]+` +
	`|\+\d[\d ().-]{6,}\d`)

const redacted = "[redacted]"

// redact replaces what must not be written.
func redact(_ []string, a slog.Attr) slog.Attr {
	if secret(a.Key) {
		return slog.String(a.Key, redacted)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(scrub(a.Value.String()))
	case slog.KindAny:
		a.Value = printable(a.Value)
	}
	return a
}

// secret says whether a key names something that is never written, however it is spelt.
func secret(key string) bool {
	key = strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(key))
	for _, part := range secretKeys {
		if strings.Contains(key, part) {
			return true
		}
	}
	return false
}

// printable is a value that only a text can show. A protobuf message holds a lead or a request: its name must do.
func printable(v slog.Value) slog.Value {
	switch x := v.Any().(type) {
	case slog.Level, *slog.Source:
		return v
	case proto.Message:
		return slog.StringValue("message " + string(x.ProtoReflect().Descriptor().FullName()))
	default:
		return slog.StringValue(scrub(fmt.Sprint(x)))
	}
}

// scrub replaces what looks like a secret or like personal data.
func scrub(text string) string {
	if !strings.ContainsAny(text, "@+.") {
		return text
	}
	return personal.ReplaceAllString(text, redacted)
}
