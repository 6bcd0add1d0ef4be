package importer

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

//go:embed ready/*.yaml
var ready embed.FS

// Ready names the mappings that are ready to use, for published sets of data.
func Ready() []string {
	files, _ := fs.Glob(ready, "ready/*.yaml") // the pattern is well-formed
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(strings.TrimPrefix(file, "ready/"), ".yaml")
	}
	return names
}

// ReadyText is the text of a mapping that is ready to use; ok is false if there is none of the name.
func ReadyText(name string) (text []byte, ok bool) {
	text, err := ready.ReadFile("ready/" + name + ".yaml")
	return text, err == nil
}

// ReadyMapping is a mapping that is ready to use.
func ReadyMapping(name string) (*mapping.Mapping, error) {
	text, ok := ReadyText(name)
	if !ok {
		return nil, fmt.Errorf("there is no ready mapping %q; there are %s", name, strings.Join(Ready(), ", "))
	}
	return mapping.Parse(text)
}
