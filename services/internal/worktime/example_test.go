package worktime_test

import (
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

func Example() {
	spec, err := worktime.Parse([]byte(`
time_zone: America/New_York
hours:
  mon: &day [["09:00", "17:00"]]
  tue: *day
  wed: *day
  thu: *day
  fri: *day
holidays: [2026-05-25]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	calendar, err := worktime.New(spec)
	if err != nil {
		fmt.Println(err)
		return
	}

	zone := calendar.Location()
	start := time.Date(2026, time.May, 22, 16, 0, 0, 0, zone)
	due, err := calendar.Due(start, 4*time.Hour)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("due", due.In(zone).Format("Mon 2 Jan 15:04 MST"))
	for segment := range calendar.Segments(start, due) {
		fmt.Println(segment.Start.In(zone).Format("Mon 15:04"), "to", segment.End.In(zone).Format("15:04"), segment.Duration())
	}
	// Output:
	// due Tue 26 May 12:00 EDT
	// Fri 16:00 to 17:00 1h0m0s
	// Tue 09:00 to 12:00 3h0m0s
}

func ExampleParse() {
	_, err := worktime.Parse([]byte("time_zone: Europe/Berlin\nhours:\n  mon: [[09:00, 12:00], [11:30, 17:00]]\n"))
	fmt.Println(err)
	// Output: calendar: line 3, column 25: hours.mon[1]: overlaps hours.mon[0]
}
