package deploycheck

import (
	"os"
	"path/filepath"
	"testing"
)

// deploy is the directory that is checked.
const deploy = "../../../deploy"

// read gives a file of deploy/.
func read(t *testing.T, path ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{deploy}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
