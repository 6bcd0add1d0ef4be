package person_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
)

var start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)

func TestReadKeepsWhatItUnderstandsInOneForm(t *testing.T) {
	t.Parallel()
	who, err := person.Read(person.Profile{Email: " Jane+News@Bücher.Example ", Country: "Brasil", Phone: "+1 (415) 555-2671",
		Title: "Sr. Director, Sales", Company: "The ACME Company, Inc."})
	if err != nil {
		t.Fatal(err)
	}
	want := person.Profile{Email: "Jane+News@xn--bcher-kva.example", Country: "BR", Phone: "+14155552671",
		Title: "Sr. Director, Sales", Company: "The ACME Company, Inc."}
	if diff := cmp.Diff(want, who.Profile); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := who.Match(); got.Company != "acme" || got.Country != "BR" || got.Phone != "+14155552671" {
		t.Errorf("compared by %+v", got)
	}
}

func TestOnlyAnAddressCanBeWrong(t *testing.T) {
	t.Parallel()
	given := person.Profile{Country: "Atlantis", Phone: "n/a", Title: "\x1b[31m", Company: "\x00", PostalCode: "--"}
	who, err := person.Read(given)
	if err != nil {
		t.Fatalf("unreadable fields were refused: %v", err)
	}
	if diff := cmp.Diff(given, who.Profile); diff != "" {
		t.Errorf("what cannot be read did not stay as typed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(criteria.Lead{Title: criteria.Known(given.Title)}, who.Facts("", "")); diff != "" {
		t.Errorf("what cannot be read means something (-want +got):\n%s", diff)
	}
	_, err = person.Read(person.Profile{Email: "not an address"})
	var refused *normal.Error
	if !errors.As(err, &refused) || refused.Field != normal.FieldEmail {
		t.Errorf("got %v, want a refusal of the e-mail address", err)
	}
}

func TestWhatIsNotKnownIsUnknownToExpressions(t *testing.T) {
	t.Parallel()
	who, err := person.Read(person.Profile{Attributes: map[string]string{"seats": ""}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(criteria.Lead{}, who.Facts("", "")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReadingTheStoredFormAgainGivesTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "Deutschland", "us", "GB",
			"+49 30 901820", "(415) 555-2671", "VP of Sales", "ACME GmbH & Co. KG", "SW1A 1AA"}))
		email := rapid.SampledFrom([]string{"", "jane+x@Acme.co.uk", "JANE@gmail.com", " Ünal@Bücher.Example "})
		once, err := person.Read(person.Profile{Email: email.Draw(t, "email"), Country: text.Draw(t, "country"), Phone: text.Draw(t, "phone"),
			Title: text.Draw(t, "title"), Company: text.Draw(t, "company"), PostalCode: text.Draw(t, "postal")})
		if err != nil {
			t.Fatal(err)
		}
		twice, err := person.Read(once.Profile)
		if err != nil {
			t.Fatalf("the stored form is refused: %v", err)
		}
		if diff := cmp.Diff(once, twice, cmp.AllowUnexported(person.Person{})); diff != "" {
			t.Fatalf("-once +twice:\n%s", diff)
		}
	})
}

func TestFieldsAndShownAreInverse(t *testing.T) {
	t.Parallel()
	want := person.Profile{Email: "e", GivenName: "g", FamilyName: "f", Phone: "p", Title: "t", Company: "c", Country: "l", PostalCode: "z",
		Campaign: "m", AccountRef: person.Ref("crm", "17"), Attributes: map[string]string{"seats": "5"}}
	if diff := cmp.Diff(want, person.Shown(want.Fields(dedupe.Manual, start))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestJoinKeepsTheTrustedThenTheNewer(t *testing.T) {
	t.Parallel()
	at := func(value string, origin dedupe.Origin, hours int) person.Fields {
		return person.Fields{"title": {Value: value, Origin: origin, At: start.Add(time.Duration(hours) * time.Hour)}}
	}
	for name, c := range map[string]struct {
		known, further person.Fields
		want           string
	}{
		"nothing hides what is there":      {at("CEO", dedupe.Reported, 0), person.Fields{}, "CEO"},
		"newer of the same origin":         {at("CEO", dedupe.Reported, 0), at("CFO", dedupe.Reported, 1), "CFO"},
		"older of the same origin":         {at("CEO", dedupe.Reported, 1), at("CFO", dedupe.Reported, 0), "CEO"},
		"manual stays before newer report": {at("CEO", dedupe.Manual, 0), at("CFO", dedupe.Reported, 1), "CEO"},
		"verified before reported":         {at("CEO", dedupe.Reported, 1), at("CFO", dedupe.Verified, 0), "CFO"},
		"first value":                      {nil, at("CFO", dedupe.Reported, 0), "CFO"},
	} {
		if got := person.Join(c.known, c.further)["title"].Value; got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
