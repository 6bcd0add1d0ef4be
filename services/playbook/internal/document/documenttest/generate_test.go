package documenttest_test

import (
	"testing"

	"buf.build/go/protovalidate"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/playbook/internal/document/documenttest"
)

func TestGeneratedDocumentsKeepTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		if err := protovalidate.Validate(documenttest.Documents().Draw(t, "document")); err != nil {
			t.Fatal(err)
		}
	})
}
