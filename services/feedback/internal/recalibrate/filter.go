package recalibrate

import (
	"maps"
	"slices"
	"strings"
)

// filters ask for one criterion more at the line, or take one of its alternatives away.
func filters(r Rules) (all []Change) {
	if strings.ContainsAny(r.Line, `"'`) {
		return nil // what stands in a text is not told from what is asked
	}
	add := func(subject, line string) {
		all = append(all, Change{Subject: LinePath + ": " + subject, From: r.Line, To: line, Edits: []Edit{{Path: LinePath, Text: line}}})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Criteria)) {
		if line, ok := without(r.Line, name); ok {
			add("without "+name, line)
		}
		add("and "+name, enclosed(r.Line)+" && "+name)
	}
	return all
}

// enclosed is an expression that can be joined by and.
func enclosed(line string) string {
	depth := 0
	for i := range len(line) {
		switch line[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '|', '?':
			if depth == 0 {
				return "(" + line + ")"
			}
		}
	}
	return line
}

// without is a line that does not offer a criterion as an alternative any more; not ok if it does not do so.
func without(line, name string) (string, bool) {
	for at := 0; ; {
		i := strings.Index(line[at:], name)
		if i < 0 {
			return "", false
		}
		from, to := at+i, at+i+len(name)
		before, after := strings.TrimRight(line[:from], " \n\t"), strings.TrimLeft(line[to:], " \n\t")
		follows, precedes := strings.HasPrefix(after, "||"), strings.HasSuffix(before, "||")
		switch {
		case precedes && (follows || after == "" || after[0] == ')'):
			return strings.TrimRight(strings.TrimSuffix(before, "||"), " \n\t") + line[to:], true
		case follows && (before == "" || before[len(before)-1] == '('):
			return line[:from] + strings.TrimLeft(strings.TrimPrefix(after, "||"), " \n\t"), true
		}
		at = to
	}
}
