package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

func TestASuiteWithoutLeadsLearnsNothingAndSaysSo(t *testing.T) {
	t.Parallel()
	in := install(t, []string{"--data", t.TempDir()})
	run := func(args ...string) (string, error) {
		var out bytes.Buffer
		cmd := root()
		cmd.SetArgs(append(append([]string{"predict"}, args...), "--address="+in.address, "--data="+in.data))
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		err := cmd.ExecuteContext(t.Context())
		return out.String(), err
	}
	out, err := run("model", "train", "--outcome=won", "--window=30d")
	if err == nil || err.Error() != notPredicted.Error() || !strings.Contains(out, "REFUSED: no model was made\n  0 rows have an outcome, and at least 200 are needed\n") {
		t.Fatalf("%v\n%s", err, out)
	}
	name, _, _ := strings.Cut(out, " ")
	if list, err := run("model", "show"); err != nil || !strings.HasPrefix(list, name+"  REFUSED  ") {
		t.Errorf("%v\n%s", err, list)
	}
	for _, model := range []string{name, strings.TrimPrefix(name, "models/")} {
		for _, verb := range []string{"propose", "evaluate"} {
			if _, err := run("model", verb, model); err == nil || !strings.Contains(err.Error(), "the model is not ready") {
				t.Errorf("%s %s: got %v", verb, model, err)
			}
		}
		if one, err := run("model", "show", model); err != nil || !strings.HasPrefix(one, name+"  REFUSED  ") {
			t.Errorf("%v\n%s", err, one)
		}
	}
	for wrong, words := range map[string]string{"--window=30": "--window: \"30\" is not a number of days or weeks", "--early=1h": "--early: \"1h\" is not", "--outcome=lost": "--outcome is opportunity or won"} {
		if _, err := run("model", "train", wrong); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: got %v", wrong, err)
		}
	}
}

func TestAModelOfTheSuiteIsDescribedWithItsWarnings(t *testing.T) {
	t.Parallel()
	m := &scoringv1.Model{Name: "models/1", State: scoringv1.Model_STATE_READY, CreateTime: timestamppb.New(time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)),
		HeldOut:  &scoringv1.ModelFigures{LeadCount: 1200, ConvertedCount: 300, Auc: 0.71, AucLow: 0.68, AucHigh: 0.74, Brier: 0.16, BrierSkill: 0.15, CalibrationError: 0.01, CalibrationSlope: 0.98, TopTenthFound: 0.21},
		Features: []*scoringv1.ModelFeature{{Feature: "lead.country", Weights: []*scoringv1.ModelWeight{{Value: "DE, beside US", OddsRatio: 4.5}}}},
		Warnings: []*scoringv1.ModelWarning{{Feature: "lead.attributes.budget", Sign: scoringv1.ModelWarning_SIGN_LATE, Text: "of 90 leads that have it, 90 got it late"}},
		Cautions: []string{"it is young"}}
	want := `models/1  READY  2026-03-02T14:00:00Z  AUC 0.710 (0.680 to 0.740)  1 warnings

How good it is, on leads that it did not learn from
  leads               1,200  300 converted
  AUC                 0.710  95 % interval 0.680 to 0.740; 0.5 is chance
  Brier score        0.1600  skill 0.150
  calibration error  0.0100  slope 0.98
  best tenth         21.0 %  of the conversions are in it

What it goes by
   odds
  times  feature       value
   4.50  lead.country  DE, beside US

WARNING: these may be known only after the outcome began to show (label leakage)
  lead.attributes.budget  late  of 90 leads that have it, 90 got it late
  Note: it is young
`
	var got strings.Builder
	if err := describeModel(&got, m); err != nil || got.String() != want {
		t.Errorf("%v\n%s", err, got.String())
	}
	got.Reset()
	proposal := &scoringv1.ProposeModelResponse{Playbook: "playbooks/2", Expression: "predicted.conversion >= 0.4000", Cautions: []string{"it is young"},
		Backtest: &scoringv1.ModelBacktest{LeadCount: 1200, ConvertedCount: 300, ChosenCount: 120, ChosenConvertedCount: 60, Precision: 0.5, Recall: 0.2, Lift: 2}}
	want = `
playbooks/2 is a draft with the criterion predicted.conversion >= 0.4000
  Of 1,200 later leads it would have chosen 120; 60 of these converted, of 300 who did.
  precision 50.0 %, recall 20.0 %, 2.0 times the base rate
  Note: it is young
  Nothing changes until both teams have signed it and somebody activates it.
`
	if err := describeProposal(&got, proposal); err != nil || got.String() != want {
		t.Errorf("%v\n%s", err, got.String())
	}
}
