package main

import (
	"encoding/csv"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// routesFile is a file of where the rows of another would go; nil writes nothing.
type routesFile struct {
	file *os.File
	csv  *csv.Writer
}

// newRoutesFile makes the file; none for an empty path.
func newRoutesFile(path string) (*routesFile, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	to := &routesFile{file: file, csv: csv.NewWriter(file)}
	return to, to.csv.Write([]string{"row", "qualified", "disqualifier", "tier", "rule", "rep", "pool", "queue", "held", "next_available", "why", "error"})
}

// add writes where a row would go. The first error is kept for close.
func (to *routesFile) add(row int, r *routingv1.PreviewedRoute) {
	if to == nil {
		return
	}
	d, next := r.GetDecision(), ""
	if at := d.GetHold().GetNextAvailableTime(); at != nil {
		next = at.AsTime().Format(time.RFC3339)
	}
	held := strings.TrimPrefix(d.GetHold().GetReason().String(), "REASON_")
	if d.GetHold() == nil {
		held = ""
	}
	_ = to.csv.Write([]string{strconv.Itoa(row), strconv.FormatBool(r.GetQualified()), r.GetDisqualifier(), d.GetTier(), d.GetRule(), d.GetRep(),
		d.GetPool(), d.GetQueue(), held, next, d.GetSentence(), r.GetError().GetMessage()})
}

func (to *routesFile) close() error {
	if to == nil {
		return nil
	}
	to.csv.Flush()
	return errors.Join(to.csv.Error(), to.file.Close())
}
