package policy

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

const day = 24 * time.Hour

// WithDefaults returns a copy of the document in which everything that it leaves open has its documented default. A
// missing document is read as an empty one. The fields stand with their defaults in the API's description; those
// without a default, such as a promise that nobody made, stay empty.
func WithDefaults(signed *playbookv1.Document) *playbookv1.Document {
	doc := &playbookv1.Document{}
	if signed != nil {
		doc = proto.CloneOf(signed)
	}
	duration(&doc.ReviewEvery, 90*day)
	fillScoring(section(&doc.Scoring))
	fillStages(section(&doc.Stages))
	section(&doc.Intent)
	fillRouting(section(&doc.Routing))
	fillSLA(section(&doc.Sla))
	fillFeedback(section(&doc.Feedback))
	fillAttribution(section(&doc.Attribution))
	fillMatching(section(&doc.Matching))
	fillTriggers(doc.GetTriggers())
	fillPersonas(doc.GetPersonas())
	fillSurge(doc.GetSurge())
	fillReview(section(&doc.Review))
	fillMeetings(doc.GetMeetings())
	return doc
}

// section makes sure that a message exists.
func section[T any](field **T) *T {
	if *field == nil {
		*field = new(T)
	}
	return *field
}

// optional sets a field that knows whether it was given.
func optional[T any](field **T, fallback T) {
	if *field == nil {
		*field = &fallback
	}
}

// choice sets an enum or a text that was not given.
func choice[T comparable](field *T, fallback T) {
	var unset T
	if *field == unset {
		*field = fallback
	}
}

func list[T any](field *[]T, fallback ...T) {
	if len(*field) == 0 {
		*field = fallback
	}
}

func duration(field **durationpb.Duration, fallback time.Duration) {
	if *field == nil {
		*field = durationpb.New(fallback)
	}
}
