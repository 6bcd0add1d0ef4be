package document_test

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
	"github.com/handoffhq/handoff/services/playbook/internal/document/documenttest"
)

func hash(t *testing.T, source string) string {
	t.Helper()
	sum, err := document.Hash(mustParse(t, []byte(source)))
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestHashDependsOnWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	same := []struct{ name, from, to string }{
		{"comments", "review_every: 90d", "# each quarter\nreview_every: 90d # or so"},
		{"another unit for the same time", "within: 4h, unit: business", "within: 240m, unit: business"},
		{"another form of the same share", "at_risk: 75%", "at_risk: {share: 0.75}"},
		{"another order of fields", "{points: 75, when: size_fit}", "{when: size_fit, points: 75}"},
		{"another place for the same row", "    otherwise: nurture\n", "  otherwise: nurture\n"},
	}
	for _, tt := range same {
		if got, want := hash(t, changed(t, tt.from, tt.to)), hash(t, base); got != want {
			t.Errorf("%s: the hash is %s, want %s", tt.name, got, want)
		}
	}
	different := []struct{ name, from, to string }{
		{"a day of business time instead of 24 hours", "within: 4h, unit: business", "within: 1d, unit: business"},
		{"a default that is written out", "review_every: 90d\n", ""},
		{"a space in an expression", "fit > 70", "fit >  70"},
		{"another order of accounts", "  - {domain: globex.example}\n", "  - {domain: hooli.example}\n"},
	}
	for _, tt := range different {
		if got := hash(t, changed(t, tt.from, tt.to)); got == hash(t, base) {
			t.Errorf("%s: the hash is the same", tt.name)
		}
	}
}

// The hash of a document may change with the schema, and with nothing else: signatures are stored beside it.
func TestHashIsStableForTheSameSchema(t *testing.T) {
	t.Parallel()
	doc := &playbookv1.Document{
		Playbook: "acme",
		Criteria: map[string]string{"c": "true", "a": "false", "b": "true"},
		Stages:   &playbookv1.StagePolicy{Mql: "a"},
	}
	const want = "892853192fd7a5358e513081c02e0c26a4f084949d220d47b23380f17fd81c8b"
	if got, err := document.Hash(doc); err != nil || got != want {
		t.Errorf("Hash = %s, %v, want %s", got, err, want)
	}
}

func TestCanonicalIsTheSameForEqualDocuments(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := documenttest.Documents().Draw(t, "document")
		want, err := document.Canonical(doc)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if got, err := document.Canonical(proto.CloneOf(doc)); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("Canonical = %x, %v, want %x", got, err, want)
			}
		}
	})
}

func TestHashRefusesTextThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	if _, err := document.Hash(&playbookv1.Document{Playbook: "\xff"}); err == nil {
		t.Error("Hash took text that has no canonical form")
	}
}
