package gateway_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestABodyIsOneValueWithKnownFieldsEachOnce(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/v1/reps?repId=jane", "/v1/leads:score"} { // one field of the request, and all of it
		for _, body := range []string{`{} {}`, `{} trailing`, `{"noSuchField": 1}`, `{"displayName": "a", "display_name": "b"}`, `[]`, `null`, `{`} {
			if code, reason, answer := ask(t, nil, http.MethodPost, path, body); code != http.StatusBadRequest || reason != "FIELD_INVALID" {
				t.Errorf("%s with %s: got %d %s", path, body, code, answer)
			}
		}
		if code, _, answer := ask(t, nil, http.MethodPost, path, " {}\n"); code != http.StatusOK {
			t.Errorf("%s with an empty value: got %d %s", path, code, answer)
		}
	}
}

func TestABodyHasALimit(t *testing.T) {
	t.Parallel()
	body := `{"displayName": "` + strings.Repeat("x", 1<<20) + `"}`
	if code, reason, answer := ask(t, nil, http.MethodPost, "/v1/reps?repId=jane", body); code != http.StatusRequestEntityTooLarge || reason != "LIMIT_EXCEEDED" {
		t.Errorf("got %d %s", code, answer)
	}
}
