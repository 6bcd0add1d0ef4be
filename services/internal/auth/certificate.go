package auth

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"google.golang.org/grpc/credentials"
)

// Certificate names the PEM files by which a process proves who it is. Cert and Key are read again at each handshake, so
// that they can be renewed without a restart; CA is read once.
type Certificate struct {
	CA   string // the authorities whose peers are believed; empty on a public listener: callers need no certificate
	Cert string
	Key  string
}

// Server is for a listener. With a CA every caller must have a certificate of it.
func (c Certificate) Server() (credentials.TransportCredentials, error) {
	if _, err := c.pair(); err != nil {
		return nil, err
	}
	cfg := &tls.Config{
		MinVersion:     tls.VersionTLS13,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.pair() },
	}
	if c.CA != "" {
		pool, err := c.pool()
		if err != nil {
			return nil, err
		}
		cfg.ClientCAs, cfg.ClientAuth = pool, tls.RequireAndVerifyClientCert
	}
	return credentials.NewTLS(cfg), nil
}

// Client is for calls to a service, which must prove that it has that name.
func (c Certificate) Client(service string) (credentials.TransportCredentials, error) {
	if _, err := c.pair(); err != nil {
		return nil, err
	}
	pool, err := c.pool()
	if err != nil {
		return nil, err
	}
	return credentials.NewTLS(&tls.Config{
		MinVersion:           tls.VersionTLS13,
		RootCAs:              pool,
		ServerName:           service,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c.pair() },
	}), nil
}

func (c Certificate) pair() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fmt.Errorf("load certificate: %w", err)
	}
	return &pair, nil
}

func (c Certificate) pool() (*x509.CertPool, error) {
	text, err := os.ReadFile(c.CA)
	if err != nil {
		return nil, fmt.Errorf("load certificate authority: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("load certificate authority: %s holds no certificate", c.CA)
	}
	return pool, nil
}
