package sqldbtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

var one = fstest.MapFS{"00001_one.sql": {Data: []byte("-- +goose Up\nCREATE TABLE one (id {int} NOT NULL PRIMARY KEY) {strict};\n")}}

func TestEachGivesMigratedDatabasesOfBothKinds(t *testing.T) {
	seen := make(chan sqldb.Dialect, 2)
	t.Run("each", func(t *testing.T) {
		Each(t, one, func(t *testing.T, db *sqldb.DB) {
			seen <- db.Dialect()
			var n int
			if err := db.QueryRow(t.Context(), `SELECT count(*) FROM one`).Scan(&n); err != nil || n != 0 {
				t.Errorf("got %d rows, %v; want an empty table", n, err)
			}
		})
	})
	running(t) // skips where there is no PostgreSQL
	if a, b := <-seen, <-seen; a == b {
		t.Errorf("got %v twice", a)
	}
}

func TestCopiesOfATemplateShareNothing(t *testing.T) {
	for range 2 {
		Each(t, one, func(t *testing.T, db *sqldb.DB) {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO one (id) VALUES (1)`)
				return err
			})
			if err != nil {
				t.Errorf("the row of another test is there: %v", err)
			}
		})
	}
}

func TestServersOfOneURLShareTheirTemplates(t *testing.T) {
	s := running(t)
	var names [2]string
	for i := range names {
		other, err := newServer(s.url.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if names[i], err = other.template(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	if names[0] != names[1] {
		t.Errorf("templates %v differ", names)
	}
}

// recorder is a test that notes its errors.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestATableThatIsNotStrictFailsItsTest(t *testing.T) {
	r := &recorder{TB: t}
	SQLite(r, fstest.MapFS{"00001_loose.sql": {Data: []byte("-- +goose Up\nCREATE TABLE loose (id {int});\n")}})
	if len(r.errors) != 1 || !strings.Contains(r.errors[0], "table loose is not strict") {
		t.Errorf("got errors %q, want one about the table loose", r.errors)
	}
}

// childPlace is set for TestChildStartsAServer.
const childPlace = "HANDOFF_TEST_CHILD"

// TestChildStartsAServer is the process that the next test kills.
func TestChildStartsAServer(t *testing.T) {
	if os.Getenv(childPlace) == "" {
		t.Skip("runs as a child of another test")
	}
	s := running(t)
	fmt.Println("directory", s.url.Query().Get("host"))
	select {} // until it is killed
}

func TestTheServerGoesWithItsProcess(t *testing.T) {
	if s := running(t); s.keeper == nil {
		t.Skip("the server is somebody else's")
	}
	child := exec.Command(os.Args[0], "-test.run=^TestChildStartsAServer$")
	child.Env = append(os.Environ(), childPlace+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	dir := ""
	for lines := bufio.NewScanner(out); dir == "" && lines.Scan(); {
		dir, _ = strings.CutPrefix(lines.Text(), "directory ")
		if !strings.HasPrefix(dir, "/") {
			dir = ""
		}
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("the child's server is not there: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()                                      // says that it was killed
	for deadline := time.Now().Add(10 * time.Minute); ; { // another process: no event to wait for
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there", dir)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
