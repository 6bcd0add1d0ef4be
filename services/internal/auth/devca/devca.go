// Package devca makes certificates for a suite whose services run as separate processes on one machine.
//
// [Write] makes an authority, signs one certificate a service with it, and throws the authority's key away: nobody can add
// an identity later, and renewing means writing the whole set again. It is meant for development and tests; a real
// installation has an authority of its own.
//
//	DIR/ca.pem              the authority, for everybody
//	DIR/NAME.pem            handoff://service/NAME, also for the hosts NAME, localhost and 127.0.0.1
//	DIR/NAME.key            its key, readable by its owner alone
package devca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/handoffhq/handoff/services/internal/auth"
)

// backdate lets a machine whose clock is a little behind use a fresh certificate.
const backdate = time.Hour

// Write makes a new authority and a certificate for each service in dir, valid for the given time, over what is there.
func Write(dir string, lifetime time.Duration, services ...string) error {
	for _, name := range services {
		if !auth.ValidService(name) {
			return fmt.Errorf("write certificates: %q is not a service's name", name)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write certificates: %w", err)
	}
	authority, err := newAuthority(time.Now(), lifetime)
	if err != nil {
		return fmt.Errorf("write certificates: %w", err)
	}
	if err := write(filepath.Join(dir, "ca.pem"), "CERTIFICATE", authority.cert.Raw, 0o644); err != nil {
		return fmt.Errorf("write certificates: %w", err)
	}
	for _, name := range services {
		if err := authority.issue(dir, name); err != nil {
			return fmt.Errorf("write certificate of %s: %w", name, err)
		}
	}
	return nil
}

// Files are the files of one service in dir.
func Files(dir, service string) auth.Certificate {
	return auth.Certificate{
		CA:   filepath.Join(dir, "ca.pem"),
		Cert: filepath.Join(dir, service+".pem"),
		Key:  filepath.Join(dir, service+".key"),
	}
}

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(now time.Time, lifetime time.Duration) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template, err := certificate("Handoff development authority", now.Add(-backdate), now.Add(lifetime))
	if err != nil {
		return nil, err
	}
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{cert, key}, err
}

func (a *authority) issue(dir, name string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template, err := certificate(name, a.cert.NotBefore, a.cert.NotAfter)
	if err != nil {
		return err
	}
	template.URIs = []*url.URL{auth.ServiceURI(name)}
	template.DNSNames = []string{name, "localhost"}
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	files := Files(dir, name)
	if err := write(files.Key, "PRIVATE KEY", private, 0o600); err != nil {
		return err
	}
	return write(files.Cert, "CERTIFICATE", der, 0o644)
}

func certificate(name string, from, until time.Time) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    from,
		NotAfter:     until,
	}, nil
}

// write replaces a file: a key's mode must hold even where an older file stood.
func write(path, kind string, der []byte, mode os.FileMode) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode)
}
