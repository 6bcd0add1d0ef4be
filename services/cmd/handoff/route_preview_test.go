package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// TestRoutesAreTriedOutFromTheTerminal: a file of three thousand leads with the load of everybody, a lead, and a ledger.
func TestRoutesAreTriedOutFromTheTerminal(t *testing.T) {
	t.Parallel()
	in := install(t, []string{"--data", t.TempDir()})
	for _, step := range [][]string{
		{"playbook", "apply", "../../../deploy/playbooks/acme.yaml"},
		{"playbook", "sign", "playbooks/1", "--team=marketing", "--as=mia"},
		{"playbook", "sign", "playbooks/1", "--team=sales", "--as=sven"},
		{"playbook", "activate", "playbooks/1"},
	} {
		if out, ok := in.run(t, step...); !ok {
			t.Fatalf("%v: %s", step, out)
		}
	}
	in.team(t)
	lead := in.createLead(t)
	var rows strings.Builder
	rows.WriteString("source_id,email,title,domain,employees,owner\n")
	for i := range 3000 {
		owner := ""
		if i%3 == 0 {
			owner = "ann"
		}
		fmt.Fprintf(&rows, "%d,p%d@firm%d.example,VP of Sales,firm%d.example,900,%s\n", i, i, i, i, owner)
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	leads, wrong := file("leads.csv", rows.String()), file("wrong.csv", "email,hobby\n")
	routes := filepath.Join(dir, "routes.csv")
	for range 600 { // until the playbook is in force in scoring and routing
		if _, ok := in.run(t, "route", "preview", lead); ok {
			break
		}
	}
	for _, tt := range []struct {
		args []string
		want string
		ok   bool
	}{
		{[]string{"route", "preview", lead}, "By the rules of playbooks/1", true},
		{[]string{"route", "preview", lead, "-o=json"}, `"CAUSE_PREVIEW"`, true},
		{[]string{"route", "preview", "--csv", leads}, "3,000 leads: ", true},
		{[]string{"route", "preview", "--csv", leads, "-o=json"}, `"leadCount":`, true},
		{[]string{"route", "preview", "--csv", leads, "--qualified"}, "of them do not qualify by the playbook in force", true},
		{[]string{"route", "preview", "--csv", leads, "--routes", routes}, "3,000 leads: ", true},
		{[]string{"route", "preview", lead, "--routes", routes}, "--routes goes with --csv", false},
		{[]string{"route", "preview", "--csv", wrong}, `there is no column "hobby"; there are lead, account_country, company`, false},
		{[]string{"route", "preview"}, "give a lead, or a file by --csv", false},
		{[]string{"route", "preview", "x"}, "is not an id of 32 digits", false},
		{[]string{"route", "preview", "00000000000000000000000000000000"}, "does not exist", false},
		{[]string{"route", "ledger", "velocity"}, "who is owed the most gets it", true},
		{[]string{"route", "ledger", "pools/velocity", "-o=json"}, `"accounts":`, true},
		{[]string{"route", "ledger", "none"}, "RESOURCE_NOT_FOUND", false},
		{[]string{"explain", "route", "00000000000000000000000000000000"}, "RESOURCE_NOT_FOUND", false},
		{[]string{"explain", "route", "x"}, "is not an id of 32 digits", false},
	} {
		out, ok := in.run(t, tt.args...)
		if ok != tt.ok || !strings.Contains(out, tt.want) {
			t.Errorf("%v: succeeded %v, want %v and %q in\n%s", tt.args, ok, tt.ok, tt.want, out)
		}
	}
	checkRoutes(t, routes)
}

// checkRoutes makes sure that the file tells of each row where it would go, and why.
func checkRoutes(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) != 3001 {
		t.Fatalf("got %d rows, %v", len(rows), err)
	}
	at := func(row []string, column string) string { return row[slices.Index(rows[0], column)] }
	for i, row := range rows[1:] {
		if at(row, "row") != strconv.Itoa(i+2) || at(row, "rule") == "" || at(row, "why") == "" || at(row, "error") != "" {
			t.Fatalf("got %q", row)
		}
	}
}

// team enters two reps who share a pool.
func (in *installation) team(t *testing.T) {
	t.Helper()
	f := clientFlags{address: in.address, data: in.data, subject: "rita", output: "text"}
	conn, done, err := f.connect(accessv1.Role_ROLE_REVOPS)
	if err != nil {
		t.Fatal(err)
	}
	defer done() //nolint:errcheck // the test goes on without it
	routing := routingv1.NewRoutingServiceClient(conn)
	pool := &routingv1.Pool{DisplayName: "Velocity"}
	for _, rep := range []string{"ann", "bob"} {
		if _, err := routing.CreateRep(t.Context(), &routingv1.CreateRepRequest{RepId: rep, Rep: &routingv1.Rep{DisplayName: rep}}); err != nil {
			t.Fatal(err)
		}
		pool.Members = append(pool.Members, &routingv1.PoolMember{Rep: "reps/" + rep})
	}
	if _, err := routing.CreatePool(t.Context(), &routingv1.CreatePoolRequest{PoolId: "velocity", Pool: pool}); err != nil {
		t.Fatal(err)
	}
}
