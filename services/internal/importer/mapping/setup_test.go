package mapping_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// parse reads a mapping that has no problems.
func parse(t *testing.T, text string) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Parse([]byte(text))
	if err != nil {
		t.Fatalf("Parse() error:\n%v", err)
	}
	return m
}

// making is a mapping of one file with one resource; its fields are one YAML flow mapping.
func making(kind, fields string) string {
	return "source: crm\ntime_zone: America/New_York\nblank: [NA]\nsteps:\n- file: f.csv\n  make:\n  - " + kind + ": " + fields + "\n"
}

// drafts makes the resources of a row of the first step. Columns and cells are parted by bars.
func drafts(t *testing.T, m *mapping.Mapping, header, row string) ([]*mapping.Draft, error) {
	t.Helper()
	sheet, err := m.Steps[0].Bind(strings.Split(header, "|"))
	if err != nil {
		t.Fatalf("Bind() error: %v", err)
	}
	return sheet.Draft(strings.Split(row, "|"))
}

// lookup knows two leads and an account.
func lookup(k mapping.Key) (mapping.Known, bool) {
	known, ok := map[mapping.Key]mapping.Known{
		{Kind: mapping.Lead, Source: "crm", ID: "L1"}:    {Name: "leads/1", FirstContact: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)},
		{Kind: mapping.Lead, Source: "crm", ID: "L1bis"}: {Name: "leads/1", FirstContact: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)},
		{Kind: mapping.Lead, Source: "crm", ID: "L2"}:    {Name: "leads/2", FirstContact: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)},
		{Kind: mapping.Account, Source: "crm", ID: "A1"}: {Name: "accounts/1"},
	}[k]
	return known, ok
}

// make makes and completes the only resource of a row.
func make1(t *testing.T, text, header, row string) (proto.Message, error) {
	t.Helper()
	all, err := drafts(t, parse(t, text), header, row)
	if err != nil {
		return nil, err
	}
	if len(all) != 1 || all[0] == nil {
		t.Fatalf("got drafts %v, want one", all)
	}
	return all[0].Message, all[0].Resolve(lookup)
}

// rowError is the error of a row, as a value.
func rowError(t *testing.T, err error) mapping.RowError {
	t.Helper()
	var bad *mapping.RowError
	if !errors.As(err, &bad) {
		t.Fatalf("got error %v, want a RowError", err)
	}
	return *bad
}
