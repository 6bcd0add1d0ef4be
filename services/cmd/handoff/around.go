package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/demo"
)

// hasty has PostgreSQL answer before a commit is on its disk, which saves a third of the wait. A crash of the server then
// takes back the last moments of all services at once, the stored clock with them, and the play goes on from there as it
// does after a kill.
func hasty(database string) string {
	const setting = "synchronous_commit"
	if database == "" || strings.Contains(database, setting) {
		return database
	}
	u, err := url.Parse(database)
	if err != nil || u.Scheme == "" { // keywords and values
		return database + " " + setting + "=off"
	}
	query := u.Query()
	query.Set(setting, "off")
	u.RawQuery = query.Encode()
	return u.String()
}

// lookAround says what there is to see in a demo that stays up. story is a handoff that much happened to.
func lookAround(out io.Writer, a *app.App, cfg app.Config, story string) error {
	program := os.Args[0]
	where := "--data=" + cfg.DataDir
	if a.GRPCAddr() != "127.0.0.1:7070" {
		where += " --address=" + a.GRPCAddr()
	}
	month := "--from=" + demo.Start.Format(time.DateOnly) + " --to=" + demo.End.Format(time.DateOnly)
	lines := []string{"", "look around, from another terminal:"}
	if a.HTTPAddr() != "" {
		lines = append(lines, "  every call, to try with the token   http://"+a.HTTPAddr()+"/docs/")
	}
	if a.GRPCAddr() != "" {
		lines = append(lines,
			"  one handoff from end to end         "+program+" trace "+where+" "+strings.TrimPrefix(story, "handoffs/"),
			"  why it went to its rep              "+program+" explain route "+where+" "+strings.TrimPrefix(story, "handoffs/"),
			"  what both teams promised and kept   "+program+" report sla "+where+" --period="+demo.Start.Format("2006-01"),
			"  credits by another model            "+program+" report credits --model=first_touch "+where+" "+month,
			"  what both teams signed              "+program+" playbook show active "+where,
			"  what another one would change       "+program+" playbook new | "+program+" playbook simulate - "+where)
	}
	_, err := fmt.Fprintln(out, strings.Join(append(lines, "", "stop with Ctrl-C; started again, it shows the same month (and says that the books are wrong if you added leads)"), "\n"))
	return err
}
