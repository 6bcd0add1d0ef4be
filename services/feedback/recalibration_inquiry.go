package feedback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/ident"
)

// What a recalibration needs at least, and looks at at most.
const (
	leastCases = 100
	leastBad   = 20
	leastHeld  = 20
	mostCases  = 10_000 // of the training weeks, the youngest
	perJudging = 2_000  // cases that Scoring is asked about at once
	remembers  = 180 * 24 * time.Hour
)

// inquiry looks for changes of a playbook.
type inquiry struct {
	*Service
	of       *store.Recalibration
	document *playbookv1.Document
}

// run finds changes and has them proved on the weeks held out, which it looks at once. The cause says why nothing is proposed;
// the sentence, what came of it.
func (i *inquiry) run(ctx context.Context) (feedbackv1.Recalibration_Cause, error) {
	period := periodOf(i.of)
	cases, err := store.Cases(ctx, i.cfg.DB, period.Start(), period.End, i.of.CountNotReady)
	if err != nil {
		return 0, err
	}
	training, held := period.Split(cases)
	i.of.Found = store.Found{Cases: len(training) + len(held)}
	if bad := badOf(training) + badOf(held); i.of.Found.Cases < leastCases || bad < leastBad || len(held) < leastHeld {
		i.of.Found.Sentence = fmt.Sprintf("Sales has answered %d leads of these weeks, %d of them with a bad one, and %d are of the weeks held out; needed are %d, %d and %d.",
			i.of.Found.Cases, bad, len(held), leastCases, leastBad, leastHeld)
		return feedbackv1.Recalibration_CAUSE_TOO_FEW_CASES, nil
	}
	base, rules, err := i.search(ctx, training[max(0, len(training)-mostCases):])
	if err != nil {
		return 0, err
	}
	if len(i.of.Found.Steps) == 0 {
		i.of.Found.Sentence = fmt.Sprintf("No change of the playbook brings at least one good lead more in a hundred at the same volume, in most of the %d weeks looked at.",
			i.of.Weeks-i.of.Held)
		return feedbackv1.Recalibration_CAUSE_NO_CHANGE, nil
	}
	i.of.Found.Edits = rules.Edits(base)
	return i.prove(ctx, held, rules, base)
}

func badOf(cases []recalibrate.Case) (n int) {
	for _, c := range cases {
		if !c.Good {
			n++
		}
	}
	return n
}

// search looks for changes in the training weeks.
func (i *inquiry) search(ctx context.Context, training []recalibrate.Case) (base, rules recalibrate.Rules, err error) {
	base = rulesOf(i.document)
	judged, _, err := i.judge(ctx, training, base, nil)
	if err != nil {
		return base, rules, err
	}
	dissent, err := i.dissent(ctx)
	if err != nil {
		return base, rules, err
	}
	options := recalibrate.Options{MostChanges: int(i.of.MostChanges), LeastKept: float64(i.of.LeastKept) / 100, Cases: i.of.Found.Cases}
	for _, d := range dissent {
		options.Dissent = append(options.Dissent, d.Dissent)
	}
	search := recalibrate.NewSearch(base, boundsOf, judged, options)
	for trials := search.Trials(); len(trials) > 0; trials = search.Trials() {
		_, over, err := i.judge(ctx, plain(judged), base, trials)
		if err != nil {
			return base, rules, err
		}
		search.Learn(over)
	}
	i.of.Found.Steps, rules = search.Found()
	if n := len(i.of.Found.Steps); n > 0 {
		i.of.Found.Training = i.of.Found.Steps[n-1].Figures
	}
	for _, d := range dissent {
		if slices.Contains(search.Refused(), d.Dissent) {
			i.of.Found.Left = append(i.of.Found.Left, d)
		}
	}
	return base, rules, nil
}

// prove holds what was found against the playbook on the weeks held out.
func (i *inquiry) prove(ctx context.Context, held []recalibrate.Case, rules, base recalibrate.Rules) (feedbackv1.Recalibration_Cause, error) {
	judged, over, err := i.judge(ctx, held, base, []recalibrate.Rules{rules})
	if err != nil {
		return 0, err
	}
	if len(over) == 0 || over[0] == nil {
		return 0, errors.New("the changes that were found cannot be judged")
	}
	figures := recalibrate.Measure(judged, over[0])
	i.of.Found.Held, i.of.Found.Sentence = figures, figures.Sentence()
	if !figures.Passes() {
		i.of.Found.Sentence += " That is no proof, so nothing is proposed."
		return feedbackv1.Recalibration_CAUSE_NOT_PROVEN, nil
	}
	return 0, nil
}

// dissent are the changes that were refused of late.
func (i *inquiry) dissent(ctx context.Context) (all []store.Dissent, err error) {
	refused, err := store.RefusedSince(ctx, i.cfg.DB, time.UnixMicro(i.of.CreatedAt).Add(-remembers))
	for _, r := range refused {
		for _, step := range r.Found.Steps {
			all = append(all, store.Dissent{Dissent: recalibrate.Dissent{Subject: step.Subject, Up: step.Up, Cases: r.Found.Cases},
				Recalibration: r.ID, Team: r.Fate.RefusedBy, At: r.Fate.RefusedAt})
		}
	}
	return all, err
}

func plain(judged []recalibrate.Judged) []recalibrate.Case {
	all := make([]recalibrate.Case, len(judged))
	for i, j := range judged {
		all[i] = j.Case
	}
	return all
}

// judge has cases judged by the playbook and by trials: those that the playbook qualifies, and for each trial whether it does
// too; nil for a trial that cannot be read.
func (i *inquiry) judge(ctx context.Context, cases []recalibrate.Case, base recalibrate.Rules, trials []recalibrate.Rules) (judged []recalibrate.Judged, over [][]bool, err error) {
	variants := make([]*playbookv1.Document, len(trials))
	for t, rules := range trials {
		variants[t] = variant(i.document, rules.Edits(base))
	}
	over, unreadable := make([][]bool, len(trials)), []int32(nil)
	for part := range slices.Chunk(cases, perJudging) {
		described, cannot, err := i.describe(ctx, part, variants)
		if err != nil {
			return nil, nil, err
		}
		unreadable = cannot
		for n, d := range described {
			if !d.GetQualifies() {
				continue
			}
			judged = append(judged, recalibrate.Judged{Case: part[n], Combined: d.GetCombinedMicros()})
			for t := range trials {
				over[t] = append(over[t], d.GetVariantsQualify()[t])
			}
		}
	}
	for _, t := range unreadable {
		over[t] = nil
	}
	return judged, over, nil
}

// describe asks Scoring about cases.
func (i *inquiry) describe(ctx context.Context, cases []recalibrate.Case, variants []*playbookv1.Document) (all []*scoringv1.CaseDescription, unreadable []int32, err error) {
	req := &scoringv1.DescribeCasesRequest{Document: i.document, Variants: variants}
	for _, c := range cases {
		req.Cases = append(req.Cases, &scoringv1.LeadCase{Lead: ident.Name("leads", c.Lead), AsOfTime: timestamppb.New(c.At)})
	}
	parts, err := i.cfg.Scoring.DescribeCases(ctx, req)
	if err != nil {
		return nil, nil, err
	}
	for {
		part, err := parts.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		all, unreadable = append(all, part.GetCases()...), part.GetUnreadableVariants()
	}
	if len(all) != len(cases) {
		return nil, nil, fmt.Errorf("%d of %d cases were described", len(all), len(cases))
	}
	return all, unreadable, nil
}
