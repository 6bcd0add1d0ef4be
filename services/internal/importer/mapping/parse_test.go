package mapping_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// pointed writes problems as what stands at their place, and the message.
func pointed(t *testing.T, text string, err error) (all []string) {
	t.Helper()
	var found *mapping.ProblemsError
	if !errors.As(err, &found) {
		t.Fatalf("got error %v, want a ProblemsError", err)
	}
	for _, p := range found.Problems {
		place := "file"
		if p.Line > 0 {
			line := strings.Split(text, "\n")[p.Line-1]
			place = line[p.Column-1 : min(p.Column+5, len(line))]
		}
		all = append(all, place+" @ "+p.Message)
	}
	return all
}

func TestEveryProblemHasItsPlace(t *testing.T) {
	t.Parallel()
	const (
		kinds  = "rep, campaign, spend, account, lead, engagement, opportunity"
		layout = "a layout shows how 2 January 2006, 15:04:05 is written, such as 02/01/2006 15:04; this one does not give back a day"
		oneOf  = "a field is a column, a constant or a template"
	)
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", []string{"file @ the mapping is empty: it says at least source and steps"}},
		{"a list", "[]", []string{
			"[] @ a mapping is a mapping with keys", "[] @ source is missing: the system that the files come from, such as crm",
			"[] @ steps are missing: which file becomes what",
		}},
		{"no YAML", "source: crm\n steps: [", []string{" steps @ mapping values are not allowed in this context"}},
		{"two documents", "source: crm\n---\nsteps: []\n", []string{"--- @ a mapping is one document, without `---` in it"}},
		{"an anchor", "source: &a crm\nsteps: *a\n", []string{"&a crm @ anchors and aliases are not read; write it out"}},
		{"a tag", "source: !!str crm\n", []string{"!!str  @ tags are not read"}},
		{"unknown keys", "sourc: crm\nsteps: []\n", []string{
			`sourc: @ there is no "sourc" in a mapping; there are source, time_zone, blank, steps`,
			"sourc: @ source is missing: the system that the files come from, such as crm", "[] @ there is no step",
		}},
		{"a key twice", "source: crm\nsource: crm\nsteps: []\n", []string{"source @ source is there twice", "[] @ there is no step"}},
		{"a step without anything", "source: crm\nsteps:\n- {}\n", []string{"{} @ file is missing", "{} @ make is missing: what the rows become"}},
		{"a zone, a file and a delimiter that are none", "source: crm\ntime_zone: Local\nsteps:\n- {file: ../a.csv, delimiter: ab, make: {lead: {source_id: a}}}\n", []string{
			`Local @ "Local" is no time zone; one is America/Sao_Paulo`,
			"../a.c @ a file is a name inside the folder", "ab, ma @ a delimiter is one character, such as ;",
		}},
		{"no resource", making("leads", "{}"), []string{
			`leads: @ there is no "leads" in make; there are ` + kinds + `, when, unless`, "leads: @ which resource? There are " + kinds,
		}},
		{"two resources in one", making("lead", "{source_id: a}") + "    account: {source_id: a}\n", []string{
			"accoun @ one resource was named already; give each an entry of its own",
		}},
		{"fields that are not there, or not for callers", making("spend", "{sourceid: a, name: b, create_time: c, source: d, etag: e}"), []string{
			"{sourc @ source_id is missing: what names the spend for ever",
			`source @ there is no "sourceid" in a spend; there are amount, campaign, category, source_id, spend_time`,
			`name:  @ there is no "name" in a spend; there are amount, campaign, category, source_id, spend_time`,
			`create @ there is no "create_time" in a spend; there are amount, campaign, category, source_id, spend_time`,
			`source @ there is no "source" in a spend; there are amount, campaign, category, source_id, spend_time`,
			`etag:  @ there is no "etag" in a spend; there are amount, campaign, category, source_id, spend_time`,
		}},
		{"a template without quotes", making("lead", "{source_id: {{a}: b}}"), []string{"{a}: b @ a key is one word; a text that begins with a brace needs quotes"}},
		{"both a column and a constant", making("lead", "{source_id: {column: a, constant: b}}"), []string{"consta @ " + oneOf + ": one of them"}},
		{"neither", making("lead", "{source_id: {lower: true}}"), []string{"{lower @ " + oneOf}},
		{"a flag that is none", making("lead", "{source_id: {column: a, lower: yes}}"), []string{"yes}} @ lower is true or false"}},
		{"braces", making("lead", `{source_id: {template: "{a"}, title: {template: "a}"}, email: {template: "{}"}}`), []string{
			`"{a"}, @ braces hold the name of a column; write {{ for a brace`,
			`"a}"}, @ a closing brace has no opening one; write }} for a brace`,
			`"{}"}} @ braces hold the name of a column; write {{ for a brace`,
		}},
		{"an option of another type", making("lead", "{source_id: {column: a, scale: 10}}"), []string{
			`scale: @ there is no "scale" in this rule; there are column, constant, template, blank, lower, slug, map, default`,
		}},
		{"texts that the field cannot hold", making("opportunity", "{source_id: a, state: {column: b, map: {x: win}, default: lose}, open_time: {constant: today}}"), []string{
			`win},  @ "win" is none of open, won, lost`, `lose}, @ "lose" is none of open, won, lost`,
			`today} @ "today" is not a date or a time of the layout`,
		}},
		{"money without a currency", making("spend", "{source_id: a, amount: b}"), []string{
			"b} @ an amount needs a currency: currency is one, currency_column has one in each row",
		}},
		{"a currency and a scale that are none", making("spend", "{source_id: a, amount: {column: b, currency: dollars, scale: 0.5}}"), []string{
			"dollar @ a currency is three capital letters, such as USD", "0.5}} @ scale is a whole number, 1 or more",
		}},
		{"layouts", making("lead", `{source_id: a, occur_time: {column: b, layout: [YYYY-MM-DD, "15:04", "2006-01-02 MST"]}}`), []string{
			"YYYY-M @ " + layout, `"15:04 @ ` + layout, `"2006- @ names of zones are ambiguous; use an offset such as -07:00`,
		}},
		{"at_latest without a contact, and around one", making("opportunity", "{source_id: a, open_time: {column: b, at_latest: {first_contact_of: c}}}"), []string{
			"{colum @ at_latest goes with first_contact_of", "{first @ at_latest is an instant of the row itself",
		}},
		{"a field of a part", making("rep", "{id: a, coverage: {tongues: b}}"), []string{
			`tongue @ there is no "tongues" in coverage; there are segments, regions, skills, languages`,
		}},
		{"an attribute's name", making("lead", "{source_id: a, attributes: {Size: b, fine: c}}"), []string{
			`Size:  @ "Size" is no name of an attribute: lower-case letters, digits and underscores, at most 63, a letter first`,
		}},
		{"too large", "source: " + strings.Repeat("a", 1<<18), []string{"file @ the mapping has 262152 bytes; at most 262144 are read"}},
		{"too deep", strings.Repeat("[", 30) + strings.Repeat("]", 30), []string{"[[[[[[ @ more than 20 lists and mappings are inside one another"}},
		{"not UTF-8", "\xff", []string{"file @ the mapping is not UTF-8; save it as UTF-8"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := mapping.Parse([]byte(tt.text))
			if diff := cmp.Diff(tt.want, pointed(t, tt.text, err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheExampleOfTheLanguageIsAMapping(t *testing.T) {
	t.Parallel()
	_, rest, _ := strings.Cut(mapping.Language, "\n\n")
	example, _, _ := strings.Cut(rest, "\n\n")
	var yaml strings.Builder
	for line := range strings.Lines(example) {
		before, _, _ := strings.Cut(strings.TrimRight(line, "\n"), "   ") // remarks stand apart
		if trimmed := strings.TrimLeft(line, " "); before == "" || len(line)-len(trimmed) > 2 {
			indent := len(line) - len(trimmed)
			before, _, _ = strings.Cut(strings.TrimRight(trimmed, "\n"), "   ")
			before = strings.Repeat(" ", indent) + before
		}
		yaml.WriteString(before + "\n")
	}
	m := parse(t, yaml.String())
	if !m.Refers(mapping.Lead) || m.Refers(mapping.Account) || m.Steps[0].Comma != ';' {
		t.Errorf("the example was read as another mapping: %+v", m)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(making("opportunity", "{source_id: id, open_time: {first_contact_of: l, at_latest: w}, amount: {column: a, scale: 5, currency_column: c}}"), "id|l|w|a|c", "1|2|2026-01-01|3|USD")
	f.Add(making("rep", `{id: {template: "{a}-{b}", slug: true}, max_open: {column: a, default: 3, map: {"": 1}}}`), "a|b", "1|x")
	f.Add("source: a\nsteps: {file: b, make: {account: {source_id: c, attributes: {d: e}, employees: {column: c, decimal_comma: true}}}}", "c|e", "1.000,5|\x00")
	f.Fuzz(func(t *testing.T, text, header, row string) {
		m, err := mapping.Parse([]byte(text))
		if err != nil {
			var found *mapping.ProblemsError
			if !errors.As(err, &found) || len(found.Problems) == 0 {
				t.Fatalf("got error %v, want a ProblemsError with problems", err)
			}
			return
		}
		for _, step := range m.Steps {
			sheet, err := step.Bind(strings.Split(header, "|"))
			if err != nil {
				continue
			}
			all, err := sheet.Draft(strings.Split(row, "|"))
			if err != nil {
				rowError(t, err)
				continue
			}
			for _, d := range all {
				if d == nil {
					continue
				}
				if d.Key.ID == "" {
					t.Fatal("a draft has no key")
				}
				if err := d.Resolve(lookup); err != nil {
					rowError(t, err)
				}
			}
		}
	})
}
