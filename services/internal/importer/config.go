package importer

import (
	"errors"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// Defaults of a Config.
const (
	// DefaultBatchRows is how many rows are sent at once.
	DefaultBatchRows = 500
	// DefaultAttempts is how often a call is tried that may yet succeed: for about a minute, if the suite is not there.
	DefaultAttempts = 14
)

// Config says what to import, and where to.
type Config struct {
	Mapping *mapping.Mapping
	// Path is the folder with the files of the mapping, or the file of a mapping that has one alone.
	Path string
	// Dir is the directory for rejected rows and for the place to go on from. It is made if it is not there, and used by one
	// import at a time.
	Dir string
	// Suite names the suite that the connections lead to, such as its address: what one suite has acknowledged says nothing
	// of another.
	Suite string

	Scoring     scoringv1.ScoringServiceClient
	Attribution attributionv1.AttributionServiceClient
	Routing     routingv1.RoutingServiceClient

	// Restart begins anew, whatever is on record.
	Restart bool
	// BatchRows is how many rows are sent at once. Default DefaultBatchRows.
	BatchRows int
	// Attempts is how often a call is tried that may yet succeed. Default DefaultAttempts.
	Attempts int
	// Progress is told how much is done, 0 to 1; nil for nobody.
	Progress func(share float64)
}

// validate fills in the defaults and reports what is missing.
func (c *Config) validate() error {
	if c.Mapping == nil || c.Path == "" || c.Dir == "" || c.Scoring == nil || c.Attribution == nil || c.Routing == nil {
		return errors.New("import: a mapping, a path, a directory and the three clients are required")
	}
	if c.BatchRows <= 0 {
		c.BatchRows = DefaultBatchRows
	}
	if c.Attempts <= 0 {
		c.Attempts = DefaultAttempts
	}
	if c.Progress == nil {
		c.Progress = func(float64) {}
	}
	return nil
}
