package gateway_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAQueryNamesFieldsOfTheRequest(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]int{
		"":                                  http.StatusOK,
		"?pageSize=5&state=STATE_HELD":      http.StatusOK,
		"?page_size=5":                      http.StatusOK,
		"?stat=STATE_HELD":                  http.StatusBadRequest,
		"?state.x=1":                        http.StatusBadRequest,
		"?PageSize=5":                       http.StatusBadRequest,
		"?pageSize=5&access_token=x":        http.StatusBadRequest,
		"?pageSize=five":                    http.StatusBadRequest,
		"?pageSize=5&page_size=6":           http.StatusBadRequest,
		"?pageSize=99999999999999999999999": http.StatusBadRequest,
	} {
		code, reason, answer := ask(t, nil, http.MethodGet, "/v1/handoffs"+query, "")
		if code != want || (want != http.StatusOK && reason != "FIELD_INVALID") {
			t.Errorf("%s: got %d %s, want %d", query, code, answer, want)
		}
	}
	code, _, answer := ask(t, nil, http.MethodGet, "/v1/events:watch?resumeTokn=1", "")
	if code != http.StatusBadRequest || !strings.Contains(answer, "resumeTokn") {
		t.Errorf("a stream: got %d %s", code, answer)
	}
}
