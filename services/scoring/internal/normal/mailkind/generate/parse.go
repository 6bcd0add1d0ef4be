package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// parseFree reads the JSON array of free-email-domains.
func parseFree(files map[string]string) (set, error) {
	var domains []string
	if err := json.Unmarshal([]byte(files["package/domains.json"]), &domains); err != nil {
		return nil, fmt.Errorf("parse free-email-domains: %w", err)
	}
	return collect(domains), nil
}

// quoted matches one string literal of the set in mailchecker's source.
var quoted = regexp.MustCompile(`"([^"\s]+\.[^"\s]+)"`)

// parseThrowaway reads the set literal in the source of mailchecker.
func parseThrowaway(files map[string]string) (set, error) {
	_, literal, found := strings.Cut(files["package/platform/node/index.js"], "new Set([")
	literal, _, closed := strings.Cut(literal, "])")
	if !found || !closed {
		return nil, errors.New("parse mailchecker: no set of domains")
	}
	var domains []string
	for _, match := range quoted.FindAllStringSubmatch(literal, -1) {
		domains = append(domains, match[1])
	}
	return collect(domains), nil
}

// parseAcademic reads the tree of swot, where the file "uk/ac/ox.txt" stands for
// the domain "ox.ac.uk". The files at the top of the tree hold no institution,
// and those that the stop list names are none.
func parseAcademic(files map[string]string) (set, error) {
	const tree = "package/data/lib/domains/"
	stopped := collect(strings.Fields(files[tree+"stoplist.txt"]))
	var domains []string
	for path := range files {
		relative, inTree := strings.CutPrefix(path, tree)
		if !inTree || !strings.Contains(relative, "/") {
			continue
		}
		labels := strings.Split(strings.TrimSuffix(relative, ".txt"), "/")
		slices.Reverse(labels)
		domains = append(domains, strings.Join(labels, "."))
	}
	if len(domains) == 0 {
		return nil, errors.New("parse swot: no domains")
	}
	academic := collect(domains)
	maps.DeleteFunc(academic, func(domain string, _ struct{}) bool { _, stop := stopped[domain]; return stop })
	return academic, nil
}

// set is a set of domains.
type set map[string]struct{}

// collect turns raw entries into lower-case ASCII domains and drops what is no
// domain name.
func collect(raw []string) set {
	domains := set{}
	for _, entry := range raw {
		ascii, err := idna.Lookup.ToASCII(strings.ToLower(strings.TrimSpace(entry)))
		if err == nil && strings.Contains(ascii, ".") {
			domains[ascii] = struct{}{}
		}
	}
	return domains
}
