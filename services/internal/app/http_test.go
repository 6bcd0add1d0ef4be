package app

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// oneConn is a listener with a single connection, which is in memory: its time limits are in virtual time.
type oneConn struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l oneConn) Close() error   { close(l.closed); return nil }
func (l oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// exchange sends the text of a request to a handler that is served, and gives the answer and how long it took
// until the connection was closed.
func exchange(t *testing.T, handler http.HandlerFunc, request string) (answer string, took time.Duration) {
	t.Helper()
	ours, theirs := net.Pipe()
	listener := oneConn{make(chan net.Conn, 1), make(chan struct{})}
	listener.conns <- theirs
	server := httpServer(handler, slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer func() { _ = server.Close() }()
	began := time.Now()
	go func() { _, _ = io.WriteString(ours, request) }() // fails when the connection is closed
	all, err := io.ReadAll(bufio.NewReader(ours))
	if err != nil {
		t.Fatal(err)
	}
	return string(all), time.Since(began)
}

const slow = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"

func TestWhoeverIsTooSlowWithABodyIsCutOff(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"a handler waits for it":    func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) },
		"it is refused before that": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if _, took := exchange(t, handler, slow); took > readTime+time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

func TestAnAnswerMayTakeLongerThanABody(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]string{
		"without a body": "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"with a body":    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var cut error
				_, took := exchange(t, func(_ http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					select {
					case <-r.Context().Done():
						cut = r.Context().Err()
					case <-time.After(10 * readTime):
					}
				}, request)
				if cut != nil || took < 10*readTime {
					t.Errorf("it took %v, and the handler was told %v", took, cut)
				}
			})
		})
	}
}
