package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

// clientFlags say where the suite is, and who asks.
type clientFlags struct {
	address, token, data, subject, output string
	tls                                   bool
	formats                               []string // in which the command prints besides text and JSON
}

// register defines the flags of a command that talks to the suite.
func (f *clientFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.address, "address", "127.0.0.1:7070", "where the suite speaks gRPC")
	flags.StringVar(&f.token, "token", "", "token to come in with (default: one of the local key under --data)")
	flags.StringVar(&f.data, "data", "data", "directory of the local key")
	flags.StringVar(&f.subject, "as", "you", "whom the token of the local key is for")
	flags.BoolVar(&f.tls, "tls", false, "speak TLS")
	flags.StringVarP(&f.output, "output", "o", "text", "how to print: "+f.outputs())
}

// outputs lists how the command prints.
func (f *clientFlags) outputs() string {
	all := append([]string{"text", "json"}, f.formats...)
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// connect connects to the suite. With the local key the caller gets the given roles.
func (f *clientFlags) connect(roles ...accessv1.Role) (grpc.ClientConnInterface, func() error, error) {
	if f.output != "text" && f.output != "json" && !slices.Contains(f.formats, f.output) {
		return nil, nil, fmt.Errorf("--output is %s, not %q", f.outputs(), f.output)
	}
	token, err := f.bearer(roles)
	if err != nil {
		return nil, nil, err
	}
	creds := insecure.NewCredentials()
	if f.tls {
		creds = credentials.NewClientTLSFromCert(nil, "")
	}
	conn, err := rpc.Dial(rpc.ClientConfig{Name: "handoff", Address: f.address, TransportCredentials: creds})
	if err != nil {
		return nil, nil, err
	}
	return app.WithToken(conn, token), conn.Close, nil
}

// bearer is the given token, or one of the local key.
func (f *clientFlags) bearer(roles []accessv1.Role) (string, error) {
	if f.token != "" {
		return f.token, nil
	}
	path := filepath.Join(f.data, "local-key.pem")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("there is no local key at %s; give --token, or --data as the suite has it", path)
	}
	key, err := auth.LoadOrCreateKey(path)
	if err != nil {
		return "", err
	}
	return key.Mint(auth.Grant{Subject: f.subject, Roles: roles, TTL: time.Hour})
}

// print writes an answer: as JSON when a machine reads, else by the function.
func (f *clientFlags) print(cmd *cobra.Command, m proto.Message, text func() error) error {
	if f.output != "json" {
		return text()
	}
	out, err := protojson.MarshalOptions{Multiline: true, EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), string(out))
	return err
}

// readers are the roles that read everything that both teams see.
var readers = []accessv1.Role{accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_MARKETING, accessv1.Role_ROLE_SALES_MANAGER}
