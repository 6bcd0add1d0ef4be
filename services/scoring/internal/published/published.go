// Package published gives tests the published data sets that lie beside the
// repository, in ../shared/data, and are no part of it: test vectors of
// standards and lists of other projects. Only tests import it.
package published

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Read returns the bytes of a file, named by its slash-separated path below the
// data directory. The test is skipped when the file is absent, as in a plain
// clone.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	path := filepath.Join(root(t), "..", "shared", "data", filepath.FromSlash(name))
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the published data file %s is not beside this repository", name)
	}
	if err != nil {
		t.Fatalf("read published data: %v", err)
	}
	return content
}

// root returns the top directory of the repository: the one of go.work.
func root(t testing.TB) string {
	t.Helper()
	directory, err := os.Getwd()
	if err != nil {
		t.Fatalf("find the repository: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(directory, "go.work")); err == nil {
			return directory
		}
		parent := filepath.Dir(directory)
		if parent == directory {
			t.Skip("no go.work above the test, so no place to look for published data")
		}
		directory = parent
	}
}
