package normal_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/normal/mailkind"
)

func TestEmailIsNormalised(t *testing.T) {
	t.Parallel()
	host := func(name, domain string) normal.Host { return normal.Host{Name: name, Domain: domain} }
	tests := map[string]struct {
		give string
		want normal.Email
	}{
		"domain in lower case, local part kept": {" Jane.Doe@ACME.com\n", normal.Email{
			Address: "Jane.Doe@acme.com", Key: "jane.doe@acme.com", Host: host("acme.com", "acme.com"), Kind: mailkind.Business}},
		"tag stripped from the key only": {"jane+news@acme.com", normal.Email{
			Address: "jane+news@acme.com", Key: "jane@acme.com", Host: host("acme.com", "acme.com"), Kind: mailkind.Business}},
		"key cut at the first plus": {"jane+a+b@acme.com", normal.Email{
			Address: "jane+a+b@acme.com", Key: "jane@acme.com", Host: host("acme.com", "acme.com"), Kind: mailkind.Business}},
		"nothing but a tag is kept": {"+jane@acme.com", normal.Email{
			Address: "+jane@acme.com", Key: "+jane@acme.com", Host: host("acme.com", "acme.com"), Kind: mailkind.Business}},
		"dots of a Gmail address count": {"j.d@gmail.com", normal.Email{
			Address: "j.d@gmail.com", Key: "j.d@gmail.com", Host: host("gmail.com", "gmail.com"), Kind: mailkind.Consumer}},
		"subdomain": {"jane@uk.acme.com", normal.Email{
			Address: "jane@uk.acme.com", Key: "jane@uk.acme.com", Host: host("uk.acme.com", "acme.com"), Kind: mailkind.Business}},
		"two-level public suffix": {"jane@eu.acme.co.uk", normal.Email{
			Address: "jane@eu.acme.co.uk", Key: "jane@eu.acme.co.uk", Host: host("eu.acme.co.uk", "acme.co.uk"), Kind: mailkind.Business}},
		"host that is a public suffix": {"jane@gov.uk", normal.Email{
			Address: "jane@gov.uk", Key: "jane@gov.uk", Host: host("gov.uk", ""), Kind: mailkind.Business}},
		"internationalised domain": {"jane@Bücher.example", normal.Email{
			Address: "jane@xn--bcher-kva.example", Key: "jane@xn--bcher-kva.example",
			Host: host("xn--bcher-kva.example", "xn--bcher-kva.example"), Kind: mailkind.Business}},
		"full-width domain": {"jane@ａｃｍｅ.com", normal.Email{
			Address: "jane@acme.com", Key: "jane@acme.com", Host: host("acme.com", "acme.com"), Kind: mailkind.Business}},
		"internationalised local part": {"JÜRGEN@acme.de", normal.Email{
			Address: "JÜRGEN@acme.de", Key: "jürgen@acme.de", Host: host("acme.de", "acme.de"), Kind: mailkind.Business}},
		"disposable": {"x@inbox.mailinator.com", normal.Email{
			Address: "x@inbox.mailinator.com", Key: "x@inbox.mailinator.com",
			Host: host("inbox.mailinator.com", "mailinator.com"), Kind: mailkind.Disposable}},
		"education": {"x@cs.ox.ac.uk", normal.Email{
			Address: "x@cs.ox.ac.uk", Key: "x@cs.ox.ac.uk", Host: host("cs.ox.ac.uk", "ox.ac.uk"), Kind: mailkind.Education}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := normal.ParseEmail(test.give)
			if err != nil {
				t.Fatalf("ParseEmail: %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("ParseEmail (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBadEmailIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		give string
		want error
	}{
		"empty":                     {"", normal.ErrEmpty},
		"blank":                     {" \t", normal.ErrEmpty},
		"no at":                     {"acme.com", normal.ErrSyntax},
		"no local part":             {"@acme.com", normal.ErrSyntax},
		"no domain":                 {"jane@", normal.ErrSyntax},
		"blank after the at":        {"jane@ acme.com", normal.ErrSyntax},
		"two at signs":              {"jane@doe@acme.com", normal.ErrSyntax},
		"blank inside":              {"jane doe@acme.com", normal.ErrSyntax},
		"quoted local part":         {`"jane doe"@acme.com`, normal.ErrSyntax},
		"display name":              {"Jane <jane@acme.com>", normal.ErrSyntax},
		"address literal":           {"jane@[192.0.2.1]", normal.ErrSyntax},
		"bare address":              {"jane@192.0.2.1", normal.ErrSyntax},
		"one label":                 {"jane@localhost", normal.ErrSyntax},
		"empty label":               {"jane@acme..com", normal.ErrSyntax},
		"underscore in the domain":  {"jane@ac_me.com", normal.ErrSyntax},
		"label starts with hyphen":  {"jane@-acme.com", normal.ErrSyntax},
		"broken punycode":           {"jane@xn--a-ecp.ru", normal.ErrSyntax},
		"zero-width in local part":  {"ja\u200bne@acme.com", normal.ErrSyntax},
		"right-to-left override":    {"jane\u202e@acme.com", normal.ErrSyntax},
		"NUL":                       {"ja\x00ne@acme.com", normal.ErrEncoding},
		"line break, header forged": {"jane@acme.com\r\nBcc: x@acme.com", normal.ErrEncoding},
		"invalid UTF-8":             {"ja\xffne@acme.com", normal.ErrEncoding},
		"local part of 65 bytes":    {strings.Repeat("a", 65) + "@acme.com", normal.ErrTooLong},
		"address of 255 bytes":      {strings.Repeat("a", 60) + "@" + domainOfLength(194), normal.ErrTooLong},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := normal.ParseEmail(test.give)
			var problem *normal.Error
			if !errors.As(err, &problem) || problem.Field != normal.FieldEmail || !errors.Is(err, test.want) {
				t.Errorf("ParseEmail: got error %v, want field %q and %v", err, normal.FieldEmail, test.want)
			}
		})
	}
}

func TestLongestEmailPasses(t *testing.T) {
	t.Parallel()
	address := strings.Repeat("a", 64) + "@" + domainOfLength(189)
	got, err := normal.ParseEmail(address)
	if err != nil || len(got.Address) != normal.MaxEmailBytes {
		t.Errorf("ParseEmail of 254 bytes: got %d bytes, error %v", len(got.Address), err)
	}
}

func TestErrorNeverHoldsTheValue(t *testing.T) {
	t.Parallel()
	_, err := normal.ParseEmail("secret person@acme.com")
	if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "acme") {
		t.Errorf("error text: got %v, want one without the address", err)
	}
}

func TestEmailNormalisedTwiceIsUnchanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[A-Za-z0-9.+_-]{1,20}`).Draw(t, "local")
		domain := rapid.StringMatching(`([A-Za-zäöüßé0-9]{1,10}\.){1,3}(com|co\.uk|de|公司\.cn)`).Draw(t, "domain")
		requireStableEmail(t, local+"@"+domain)
	})
}

func FuzzParseEmail(f *testing.F) {
	for _, seed := range []string{"jane+x@Acme.com", "jürgen@bücher.example", "a@b", "@", "x@gov.uk", "İ@acme.com", "a@xn--a.b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) { requireStableEmail(t, address) })
}

// requireStableEmail fails unless an address is refused with a typed error or
// normalises to a fixed point within the limits.
func requireStableEmail(t failer, address string) {
	once, err := normal.ParseEmail(address)
	if err != nil {
		requireTyped(t, err)
		return
	}
	if len(once.Address) > normal.MaxEmailBytes {
		t.Fatalf("address of %d bytes", len(once.Address))
	}
	twice, err := normal.ParseEmail(once.Address)
	if err != nil || twice != once {
		t.Fatalf("ParseEmail(%q) twice: got %+v, error %v; once %+v", address, twice, err, once)
	}
	key, err := normal.ParseEmail(once.Key)
	if err != nil || key.Key != once.Key {
		t.Fatalf("key of the key %q: got %q, error %v", once.Key, key.Key, err)
	}
}

// domainOfLength returns a host name of so many bytes.
func domainOfLength(length int) string {
	var name strings.Builder
	for length-name.Len() > 4 {
		name.WriteString(strings.Repeat("d", min(63, length-name.Len()-5)) + ".")
	}
	return name.String() + strings.Repeat("c", length-name.Len())
}
