package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
)

// perPage is how many of a list are asked for at once.
const perPage = 1000

// call connects to the suite as somebody with roles, asks, and prints the answer: as JSON when a machine reads, else as it
// is told.
func call[M proto.Message](cmd *cobra.Command, f *clientFlags, roles []accessv1.Role, ask func(grpc.ClientConnInterface) (M, error), tell func(io.Writer, M) error) error {
	answer, err := asked(f, roles, ask)
	if err != nil {
		return err
	}
	return f.print(cmd, answer, func() error { return tell(cmd.OutOrStdout(), answer) })
}

// asked connects to the suite as somebody with roles, and asks.
func asked[M any](f *clientFlags, roles []accessv1.Role, ask func(grpc.ClientConnInterface) (M, error)) (answer M, err error) {
	conn, done, err := f.connect(roles...)
	if err != nil {
		return answer, err
	}
	defer done() //nolint:errcheck // the command is over
	return ask(conn)
}

// everyPage asks for the pages of a list, from the first, until there is no next one.
func everyPage(ask func(token string) (next string, err error)) error {
	for token := ""; ; {
		next, err := ask(token)
		if err != nil || next == "" {
			return err
		}
		token = next
	}
}

// isVersion says whether an argument names a version of the playbook, and not a file: active, playbooks/3 or 3.
func isVersion(name string) bool {
	return name == "active" || strings.HasPrefix(name, "playbooks/") || name != "" && strings.Trim(name, "0123456789") == ""
}

// versionName is the name of a version: 3 is short for playbooks/3, and active for the one in force.
func versionName(name string) string { return "playbooks/" + strings.TrimPrefix(name, "playbooks/") }
