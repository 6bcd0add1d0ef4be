package sqldb_test

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// proxy stands between a database and its PostgreSQL server, to break what a
// network breaks.
type proxy struct {
	server string // socket
	url    string // through the proxy

	mu   sync.Mutex
	open map[net.Conn]bool
	hush bool // swallow the answer to the next COMMIT and hang up
}

// newProxy reserves an address; nobody answers there before start.
func newProxy(t *testing.T, where string) *proxy {
	t.Helper()
	config, err := pgx.ParseConfig(where)
	if err != nil {
		t.Fatal(err)
	}
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listen.Addr().String()
	if err := listen.Close(); err != nil {
		t.Fatal(err)
	}
	through := url.URL{Scheme: "postgres", Host: addr, Path: "/" + config.Database,
		RawQuery: url.Values{"user": {config.User}, "sslmode": {"disable"}}.Encode()}
	return &proxy{
		server: config.Host + "/.s.PGSQL." + strconv.Itoa(int(config.Port)),
		url:    through.String(),
		open:   make(map[net.Conn]bool),
	}
}

// start answers from now on.
func (p *proxy) start(t *testing.T) {
	at, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	listen, err := net.Listen("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listen.Close() })
	go func() {
		for {
			client, err := listen.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	p.open[client] = true
	p.mu.Unlock()
	committing := make(chan struct{})
	go p.requests(client, server, committing)
	p.answers(client, server, committing)
}

// requests passes on what the client says and notices a COMMIT.
func (p *proxy) requests(client, server net.Conn, committing chan<- struct{}) {
	defer server.Close()
	buf := make([]byte, 1<<16)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		if p.hush && bytes.Contains(buf[:n], []byte("commit\x00")) {
			p.hush = false
			close(committing)
		}
		p.mu.Unlock()
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// answers passes on what the server says, except the answer to a hushed COMMIT.
func (p *proxy) answers(client, server net.Conn, committing <-chan struct{}) {
	buf := make([]byte, 1<<16)
	for {
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		select {
		case <-committing:
			return
		default:
		}
		if _, err := io.Copy(client, bytes.NewReader(buf[:n])); err != nil {
			return
		}
	}
}

// hushCommit has the server's answer to the next COMMIT get lost.
func (p *proxy) hushCommit() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hush = true
}

// cut breaks all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for client := range p.open {
		client.Close()
	}
	clear(p.open)
}
