package timetable

import (
	"fmt"
	"slices"
	"strings"
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/holiday"
	"github.com/handoffhq/handoff/services/internal/worktime"
)

// Resolve works out the public holidays of a document for some years, the last one included, and keeps them in it in place
// of what was kept there. The error is a [*worktime.SpecError] that names every problem by the document's own fields; then
// the document stays as it was.
func Resolve(doc *slav1.Calendar, firstYear, lastYear int) error {
	r := &reader{}
	rules := r.rules(doc.GetPublicHolidays())
	if len(r.problems) > 0 {
		return &worktime.SpecError{Problems: r.problems}
	}
	doc.ResolvedHolidays = nil
	if len(rules) > 0 {
		doc.ResolvedHolidays = &slav1.ResolvedHolidays{Source: holiday.Source, FirstYear: int32(firstYear), LastYear: int32(lastYear),
			Days: days(rules, firstYear, lastYear)}
	}
	return nil
}

// Extend adds the public holidays of the years up to one, which are not in the document yet, and leaves those that are as
// they were worked out before. It reports whether there were such years. The error is that of [Resolve].
func Extend(doc *slav1.Calendar, lastYear int) (bool, error) {
	kept := doc.GetResolvedHolidays()
	if len(doc.GetPublicHolidays()) == 0 || int(kept.GetLastYear()) >= lastYear {
		return false, nil
	}
	r := &reader{}
	rules := r.rules(doc.GetPublicHolidays())
	if len(r.problems) > 0 {
		return false, &worktime.SpecError{Problems: r.problems}
	}
	kept.Days = append(kept.Days, days(rules, int(kept.GetLastYear())+1, lastYear)...)
	kept.LastYear = int32(lastYear)
	if !strings.Contains(kept.GetSource(), holiday.Source) {
		kept.Source += ", " + holiday.Source
	}
	return true, nil
}

// rules reads the regions and what they leave out.
func (r *reader) rules(wanted []*slav1.PublicHolidays) []holiday.Rule {
	rules := make([]holiday.Rule, 0, len(wanted))
	for i, w := range wanted {
		field, code := fmt.Sprintf("public_holidays[%d]", i), w.GetCountry()
		if w.GetSubdivision() != "" {
			code += "-" + w.GetSubdivision()
		}
		region, err := holiday.Find(code)
		if err != nil {
			r.refuse(field, "%v", err)
			continue
		}
		rule := holiday.Rule{Region: region, Except: w.GetExcept()}
		for j, name := range w.GetExcept() {
			if err := rule.Check(name); err != nil {
				r.refuse(fmt.Sprintf("%s.except[%d]", field, j), "%v", err)
			}
		}
		rules = append(rules, rule)
	}
	return rules
}

// days are the holidays of all regions, in order. What two of them have in common is there once.
func days(rules []holiday.Rule, firstYear, lastYear int) []*slav1.NamedHoliday {
	var all []holiday.Day
	for year := firstYear; year <= lastYear; year++ {
		for _, rule := range rules {
			all = append(all, rule.In(year)...)
		}
	}
	slices.SortFunc(all, holiday.Day.Compare)
	all = slices.Compact(all)
	named := make([]*slav1.NamedHoliday, len(all))
	for i, d := range all {
		named[i] = &slav1.NamedHoliday{Date: d.Date.Format(time.DateOnly), Name: d.Name}
	}
	return named
}

// closed adds the public holidays: as they were worked out, or else by the rules.
func (r *reader) closed(doc *slav1.Calendar, spec *worktime.Spec) {
	if doc.GetResolvedHolidays() == nil {
		spec.Public = r.rules(doc.GetPublicHolidays())
		return
	}
	spec.Names = make(map[worktime.Date]string, len(doc.GetResolvedHolidays().GetDays()))
	for i, day := range doc.GetResolvedHolidays().GetDays() {
		date, err := worktime.ParseDate(day.GetDate())
		if err != nil {
			r.refuse(fmt.Sprintf("resolved_holidays.days[%d]", i), "%q is not a date such as 2026-05-25", day.GetDate())
			continue
		}
		if spec.Names[date] == "" {
			spec.Names[date] = day.GetName()
			spec.Holidays = append(spec.Holidays, date)
		}
	}
}
