package auth

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"google.golang.org/grpc/credentials"
)

// InMemory gives the connections of one process the identities of the services at their ends: each end tells the other its
// name. Nobody outside the process can reach such a connection, so the names need no proof; a listener on a network must
// never use it.
func InMemory(name string) credentials.TransportCredentials { return inMemory{name} }

type inMemory struct{ name string }

// memoryInfo is the identity of the other end.
type memoryInfo struct {
	credentials.CommonAuthInfo
	service string
}

func (memoryInfo) AuthType() string { return "memory" }

func (m inMemory) ClientHandshake(ctx context.Context, _ string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	deadline, _ := ctx.Deadline() // without one, the zero time means none
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, nil, err
	}
	conn, info, err := m.ServerHandshake(conn)
	if err != nil {
		return nil, nil, err
	}
	return conn, info, conn.SetDeadline(time.Time{})
}

func (m inMemory) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if !ValidService(m.name) {
		return nil, nil, fmt.Errorf("in-memory handshake: %q is not a service's name", m.name)
	}
	if _, err := conn.Write(append([]byte{byte(len(m.name))}, m.name...)); err != nil {
		return nil, nil, fmt.Errorf("in-memory handshake: %w", err)
	}
	other, err := readName(conn)
	if err != nil {
		return nil, nil, fmt.Errorf("in-memory handshake: %w", err)
	}
	return conn, memoryInfo{credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity}, other}, nil
}

func readName(conn net.Conn) (string, error) {
	var length [1]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return "", err
	}
	name := make([]byte, length[0])
	if _, err := io.ReadFull(conn, name); err != nil {
		return "", err
	}
	if !ValidService(string(name)) {
		return "", fmt.Errorf("%q is not a service's name", name)
	}
	return string(name), nil
}

func (m inMemory) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "memory", ServerName: m.name} //nolint:staticcheck // a client asks for no other authority
}

func (m inMemory) Clone() credentials.TransportCredentials { return m }

func (inMemory) OverrideServerName(string) error { return nil }
