package figures_test

import (
	"bytes"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func TestSuspectsSayWhoAndWhich(t *testing.T) {
	t.Parallel()
	at := timestamppb.New(time.Date(2026, 3, 4, 15, 0, 1, 0, time.UTC))
	for _, test := range []struct {
		all  []*slav1.Activity
		want string
	}{
		{nil, "  nothing is flagged that nobody has confirmed\n"},
		{[]*slav1.Activity{{Name: "handoffs/1/activities/2", Type: slav1.Activity_TYPE_EMAIL, OccurTime: at, Rep: "reps/ann", Source: "mailer"},
			{Name: "handoffs/1/activities/3", Type: slav1.Activity_TYPE_CALL_ATTEMPT, OccurTime: at, Source: "dialer"}},
			`           happened  what          rep       said by  activity
  2026-03-04 15:00Z  email         reps/ann  mailer   handoffs/1/activities/2
  2026-03-04 15:00Z  call attempt  -         dialer   handoffs/1/activities/3
`},
	} {
		var out bytes.Buffer
		p := figures.New(&out)
		p.Suspects(test.all)
		if err := p.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != test.want {
			t.Errorf("got\n%s\nwant\n%s", got, test.want)
		}
	}
}
