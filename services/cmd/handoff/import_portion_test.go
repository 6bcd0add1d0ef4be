package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// portionRows is how many rows of a set's largest file are imported under the race detector.
const portionRows = 1500

// portion gives a published set: whole, or under the race detector, which makes everything several times as slow, as much of
// it as belongs to the first rows of its largest file.
func portion(t *testing.T, set string) string {
	t.Helper()
	whole := published(t, set)
	if !raceDetector {
		return whole
	}
	part := filepath.Join(t.TempDir(), set)
	first := func(i int, _ string) bool { return i < portionRows }
	switch set {
	case "olist_funnel":
		kept := excerpt(t, whole, part, "marketing_qualified_leads.csv", first)
		excerpt(t, whole, part, "closed_deals.csv", func(_ int, id string) bool { return kept[id] })
	case "maven_crm":
		excerpt(t, whole, part, "sales_pipeline.csv", first)
		for _, small := range []string{"sales_teams.csv", "accounts.csv"} {
			excerpt(t, whole, part, small, func(int, string) bool { return true })
		}
	default:
		t.Fatalf("the files of %s are not known", set)
	}
	return part
}

// excerpt copies the rows of a file that are to be kept, by their number and first column, and says which those are.
func excerpt(t *testing.T, from, to, file string, keep func(i int, id string) bool) (kept map[string]bool) {
	t.Helper()
	in, err := os.ReadFile(filepath.Join(from, file))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(in)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	kept = map[string]bool{}
	for i, row := range rows {
		if i > 0 && !keep(i-1, row[0]) {
			continue
		}
		kept[row[0]] = true
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	if err := errors.Join(w.Error(), os.MkdirAll(to, 0o700), os.WriteFile(filepath.Join(to, file), out.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	return kept
}
