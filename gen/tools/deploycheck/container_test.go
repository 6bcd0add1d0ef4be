package deploycheck

import (
	"bytes"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func TestTheContainerfileBuildsAnImageThatDoesNotRunAsRoot(t *testing.T) {
	t.Parallel()
	parsed, err := parser.Parse(bytes.NewReader(read(t, "Containerfile")))
	if err != nil {
		t.Fatal(err)
	}
	advice := linter.New(&linter.Config{Warn: func(rule, _, _, message string, _ []parser.Range) { t.Errorf("%s: %s", rule, message) }})
	stages, _, err := instructions.Parse(parsed.AST, advice)
	if err != nil {
		t.Fatal(err)
	}
	user := ""
	for _, command := range stages[len(stages)-1].Commands {
		if u, ok := command.(*instructions.UserCommand); ok {
			user = u.User
		}
	}
	if user != "65532:65532" {
		t.Errorf("the image runs as %q", user)
	}
	for _, stage := range stages {
		pinned(t, stage.BaseName)
	}
}

// moving are tags under which another image appears from time to time.
var moving = []string{"latest", "stable", "edge", "main", "master"}

// pinned makes sure that an image is of one version. The distroless images are known by that of their Debian alone.
func pinned(t *testing.T, image string) {
	t.Helper()
	_, name, _ := strings.Cut(image, "/")
	_, tag, tagged := strings.Cut(name, ":")
	if !tagged || tag == "" {
		t.Errorf("image %s has no version", image)
	}
	for _, word := range moving {
		if strings.HasPrefix(tag, word) {
			t.Errorf("image %s changes under its name", image)
		}
	}
}
