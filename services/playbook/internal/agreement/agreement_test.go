package agreement_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/playbook/internal/agreement"
)

var (
	mia  = agreement.Person{Issuer: "idp", Subject: "mia", Human: true, Leads: agreement.Marketing}
	sam  = agreement.Person{Issuer: "idp", Subject: "sam", Human: true, Leads: agreement.Sales}
	both = agreement.Person{Issuer: "idp", Subject: "bo", Human: true, LeadsBoth: true}
	bot  = agreement.Person{Issuer: "idp", Subject: "bot", Leads: agreement.Sales}
	ops  = agreement.Person{Issuer: "idp", Subject: "ops", Human: true}
)

func draft() agreement.Version { return agreement.Version{State: agreement.Draft, Hash: "abc"} }

func must(t *testing.T) func(agreement.Version, error) agreement.Version {
	t.Helper()
	return func(v agreement.Version, err error) agreement.Version {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestTwoPeopleSignAndTheVersionCanComeIntoForce(t *testing.T) {
	t.Parallel()
	v := must(t)(draft().Submit())
	v = must(t)(v.Sign(mia, agreement.Marketing, "abc"))
	if v.State != agreement.Review || len(v.Missing()) != 1 || v.Missing()[0] != agreement.Sales {
		t.Fatalf("after one signature: got %v, missing %v", v.State, v.Missing())
	}
	v = must(t)(v.Sign(sam, agreement.Sales, ""))
	if v.State != agreement.Signed {
		t.Fatalf("after both: got %v", v.State)
	}
	v = must(t)(v.Activate(ops))
	if v = must(t)(v.Retire()); v.State != agreement.Retired {
		t.Fatalf("got %v", v.State)
	}
}

func TestWhatIsRefusedAndWhy(t *testing.T) {
	t.Parallel()
	signedByBoth := must(t)(must(t)(draft().Sign(mia, agreement.Marketing, "")).Sign(sam, agreement.Sales, ""))
	active := must(t)(signedByBoth.Activate(ops))
	for name, test := range map[string]struct {
		do   func() (agreement.Version, error)
		want error
	}{
		"one person for both teams": {func() (agreement.Version, error) {
			return must(t)(draft().Sign(both, agreement.Marketing, "")).Sign(both, agreement.Sales, "")
		}, agreement.ErrNotDistinct},
		"an AI signs":                 {func() (agreement.Version, error) { return draft().Sign(bot, agreement.Sales, "") }, agreement.ErrNotAllowed},
		"sales signs for marketing":   {func() (agreement.Version, error) { return draft().Sign(sam, agreement.Marketing, "") }, agreement.ErrNotAllowed},
		"an administrator signs":      {func() (agreement.Version, error) { return draft().Sign(ops, agreement.Sales, "") }, agreement.ErrNotAllowed},
		"another text is signed":      {func() (agreement.Version, error) { return draft().Sign(mia, agreement.Marketing, "xyz") }, agreement.ErrHash},
		"the same team again":         {func() (agreement.Version, error) { return signedByBoth.Sign(both, agreement.Sales, "") }, agreement.ErrSigned},
		"an active version is signed": {func() (agreement.Version, error) { return active.Sign(mia, agreement.Marketing, "") }, agreement.ErrState},
		"a draft comes into force":    {func() (agreement.Version, error) { return draft().Activate(ops) }, agreement.ErrUnsigned},
		"an AI activates":             {func() (agreement.Version, error) { return signedByBoth.Activate(bot) }, agreement.ErrNotHuman},
		"twice in force":              {func() (agreement.Version, error) { return active.Activate(ops) }, agreement.ErrState},
		"a draft is retired":          {func() (agreement.Version, error) { return draft().Retire() }, agreement.ErrState},
		"refused twice": {func() (agreement.Version, error) {
			return must(t)(draft().Refuse(mia, agreement.Marketing)).Refuse(sam, agreement.Sales)
		}, agreement.ErrState},
		"what was refused is signed": {func() (agreement.Version, error) {
			return must(t)(draft().Refuse(mia, agreement.Marketing)).Sign(mia, agreement.Marketing, "")
		}, agreement.ErrState},
		"what was refused comes into force": {func() (agreement.Version, error) {
			return must(t)(signedByBoth.Refuse(sam, agreement.Sales)).Activate(ops)
		}, agreement.ErrState},
		"an AI refuses":                {func() (agreement.Version, error) { return draft().Refuse(bot, agreement.Sales) }, agreement.ErrNotAllowed},
		"an administrator refuses":     {func() (agreement.Version, error) { return draft().Refuse(ops, agreement.Sales) }, agreement.ErrNotAllowed},
		"sales refuses for marketing":  {func() (agreement.Version, error) { return draft().Refuse(sam, agreement.Marketing) }, agreement.ErrNotAllowed},
		"an active version is refused": {func() (agreement.Version, error) { return active.Refuse(sam, agreement.Sales) }, agreement.ErrState},
		"submitted twice":              {func() (agreement.Version, error) { return must(t)(draft().Submit()).Submit() }, agreement.ErrState},
	} {
		if _, err := test.do(); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

func TestNoWalkMakesAVersionBindingWithoutTwoHumanLeads(t *testing.T) {
	t.Parallel()
	people := []agreement.Person{mia, sam, both, bot, ops}
	rapid.Check(t, func(t *rapid.T) {
		v := draft()
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			who := rapid.SampledFrom(people).Draw(t, "who")
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				v, _ = v.Submit()
			case 1:
				v, _ = v.Sign(who, agreement.Team(rapid.IntRange(1, 2).Draw(t, "team")), "")
			case 2:
				v, _ = v.Activate(who)
			case 3:
				v, _ = v.Retire()
			case 4:
				v, _ = v.Refuse(who, agreement.Team(rapid.IntRange(1, 2).Draw(t, "team")))
			}
		}
		if v.State < agreement.Signed || v.State == agreement.Refused {
			return
		}
		if len(v.Signatures) != 2 || v.Signatures[0].Signer == v.Signatures[1].Signer || v.Signatures[0].Team == v.Signatures[1].Team {
			t.Fatalf("%v with signatures %v", v.State, v.Signatures)
		}
		for _, s := range v.Signatures {
			if s.Signer == bot.Subject || s.Signer == ops.Subject {
				t.Fatalf("signed by %s", s.Signer)
			}
		}
	})
}
