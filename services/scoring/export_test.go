package scoring

import (
	"context"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/early"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// Pupil is a lead as a model learns from it.
type Pupil struct {
	Positive bool
	Cut      time.Time         // what was recorded later is not learnt from
	Features map[string]string // that it has a value of
}

// Pupils are the leads that a model would learn from now, by name, and what its training would be cautioned of.
func (s *Service) Pupils(ctx context.Context, wanted *scoringv1.Model) (map[string]Pupil, []string, error) {
	school := &school{wanted: wantedModel(wanted), now: s.cfg.Now(), most: mostPupils}
	if err := school.gather(ctx, s.cfg.DB); err != nil {
		return nil, nil, err
	}
	all := map[string]Pupil{}
	for _, p := range school.pupils {
		all[leadName(p.id)] = Pupil{Positive: p.positive, Cut: p.cut, Features: featuresOf(p.row)}
	}
	_, cautions := school.suspicions()
	return all, cautions, nil
}

// Judged are the features by which a model judges the person behind a lead now.
func (s *Service) Judged(ctx context.Context, name string, wanted *scoringv1.Model) (features map[string]string, err error) {
	lead, window := ident.ID(name, "leads"), early.Window{Early: wantedModel(wanted).GetEarly().AsDuration()}
	err = s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		d, err := s.desk(ctx, tx, s.cfg.Now())
		if err != nil {
			return err
		}
		if err := d.open(ctx, []string{lead}); err != nil {
			return err
		}
		p := d.person(lead)
		accounts, err := store.Accounts(ctx, tx, store.Wanted{IDs: []string{p.Lead.Match.Account}})
		features = featuresOf(p.Subject(d.rules, dossier.NewDirectory(accounts...)).Early(window))
		return err
	})
	return features, err
}

func featuresOf(row *early.Row) map[string]string {
	features := map[string]string{}
	for _, name := range row.Names() {
		features[name] = row.Text(name)
	}
	return features
}
