package rpc

import (
	"context"
	"net"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/test/bufconn"

	"github.com/handoffhq/handoff/services/internal/auth"
)

// memoryBytes is how much one side of a connection in memory may be ahead of the other.
const memoryBytes = 256 << 10

// Memory is a listener that only [DialInMemory] reaches: services in one process call each other through it, and through
// the same chain as everybody else.
type Memory struct{ conns *bufconn.Listener }

// NewMemory makes a listener.
func NewMemory() *Memory { return &Memory{bufconn.Listen(memoryBytes)} }

// Accept waits for the next connection.
func (m *Memory) Accept() (net.Conn, error) {
	conn, err := m.conns.Accept()
	if err != nil {
		return nil, err
	}
	return memoryConn{conn}, nil
}

// Close refuses further connections.
func (m *Memory) Close() error { return m.conns.Close() }

// Addr is not an address that anybody could dial.
func (m *Memory) Addr() net.Addr { return m.conns.Addr() }

func (m *Memory) dial(ctx context.Context, _ string) (net.Conn, error) {
	return m.conns.DialContext(ctx)
}

// memoryConn is how a server knows that a connection is in memory. Only Memory makes one.
type memoryConn struct{ net.Conn }

// doors are the credentials of a server that listens both in memory and on a network.
type doors struct {
	credentials.TransportCredentials // of the network
	memory                           credentials.TransportCredentials
}

func newDoors(cfg Config) doors { return doors{cfg.wire(), auth.InMemory(cfg.Name)} }

func (d doors) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if _, ok := conn.(memoryConn); ok {
		return d.memory.ServerHandshake(conn)
	}
	return d.TransportCredentials.ServerHandshake(conn)
}

func (d doors) Clone() credentials.TransportCredentials {
	return doors{d.TransportCredentials.Clone(), d.memory.Clone()}
}
