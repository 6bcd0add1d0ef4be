package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthSaysWhetherThePartIsReady(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		status int
		text   string
	}{
		"ready":     {http.StatusOK, ""},
		"not ready": {http.StatusServiceUnavailable, "scoring cannot write"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/readyz" {
					t.Errorf("%s is asked, want /readyz", r.URL.Path)
				}
				w.WriteHeader(answer.status)
				_, _ = w.Write([]byte(answer.text)) // a reader that is gone shows as an error below
			}))
			defer server.Close()
			cmd := root()
			cmd.SetArgs([]string{"health", "--metrics=" + strings.TrimPrefix(server.URL, "http://")})
			err := cmd.ExecuteContext(t.Context())
			if ready := answer.status == http.StatusOK; (err == nil) != ready {
				t.Fatalf("got %v, want ready %v", err, ready)
			}
			if err != nil && err.Error() != answer.text {
				t.Errorf("got %q, want %q", err, answer.text)
			}
		})
	}
}

func TestHealthFindsWhatServeListensOn(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		":9464":          "localhost:9464",
		"0.0.0.0:9464":   "localhost:9464",
		"[::]:9464":      "localhost:9464",
		"127.0.0.1:9464": "127.0.0.1:9464",
		"[::1]:9464":     "[::1]:9464",
		"10.1.2.3:9464":  "10.1.2.3:9464",
		"":               "",
		"9464":           "",
	} {
		got, err := local(listen)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", listen, got, err, want)
		}
	}
}
