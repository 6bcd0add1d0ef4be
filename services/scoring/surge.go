package scoring

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
	"github.com/handoffhq/handoff/services/scoring/internal/surge"
)

// fewAccounts is how many accounts that are due are looked at in one transaction.
const fewAccounts = 100

// vista is everything that a look at accounts rests on.
type vista struct {
	rules       dossier.Rules
	directory   *dossier.Directory
	own, people map[string][]record.Engagement
	now         time.Time
}

// look moves accounts on, under their rows: what they come to, and whether they surge. Gained is what their people, or those
// of further accounts, are worth more than before.
func (s *Service) look(ctx context.Context, tx *sqldb.Tx, accounts []string, gained map[string]int64, now time.Time) error {
	// Whoever changes the rules takes them first and accounts then, and so does this.
	rules, err := s.rules.within(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := store.LockMomenta(ctx, tx, slices.Concat(accounts, slices.Collect(maps.Keys(gained))))
	if err != nil {
		return err
	}
	for id, points := range gained {
		if m := rows[id]; m != nil {
			m.People, m.Heard = m.People+points, true
		}
	}
	v, err := s.vista(ctx, tx, rules, accounts, now)
	if err != nil {
		return err
	}
	slices.Sort(accounts)
	for _, id := range accounts {
		if rows[id] == nil {
			continue
		}
		if err := s.lookAt(ctx, tx, v, rows[id]); err != nil {
			return err
		}
	}
	s.nudge(tx)
	return store.PutMomenta(ctx, tx, rows)
}

// vista reads what a look rests on. Of people only those of accounts are asked that may surge.
func (s *Service) vista(ctx context.Context, tx *sqldb.Tx, rules dossier.Rules, accounts []string, now time.Time) (*vista, error) {
	found, err := store.Accounts(ctx, tx, store.Wanted{IDs: accounts})
	if err != nil {
		return nil, err
	}
	v := &vista{rules: rules, directory: dossier.NewDirectory(found...), now: now}
	if v.own, err = store.OwnEvents(ctx, tx, accounts, store.Stretch{Newest: maxOwn}); err != nil || rules.Policy == nil || rules.Policy.Surge == nil {
		return v, err
	}
	may := slices.DeleteFunc(slices.Clone(accounts), func(id string) bool { return !v.eligible(id) })
	v.people, err = store.PeopleEvents(ctx, tx, may, warming(rules.Policy.Surge, now))
	return v, err
}

// warming is the stretch of what people did that counts for a surge.
func warming(policy *qualify.Surge, at time.Time) store.Stretch {
	return store.Stretch{Types: policy.Types, Since: at.Add(-policy.Window), Newest: qualify.MostWarm}
}

// eligible reports whether an account may surge at all.
func (v *vista) eligible(id string) bool {
	return v.rules.Policy != nil && v.rules.Policy.MaySurge(v.directory.Domains(id))
}

// warm are the events that count for a surge.
func (v *vista) warm(id string) []qualify.Engagement {
	return slices.Concat(record.Human(v.own[id]), record.Human(v.people[id]))
}

// lookAt moves one account on, and tells when it becomes hot.
func (s *Service) lookAt(ctx context.Context, tx *sqldb.Tx, v *vista, m *record.Momentum) error {
	own, events, policy := record.Human(v.own[m.Account]), v.warm(m.Account), v.rules.Policy
	m.Heard = m.Heard || len(events) > 0
	if m.DueAt, m.Failures = (time.Time{}), 0; policy == nil {
		return nil
	}
	m.Own = int64(policy.Anonymous(own, v.now).Total + policy.Triggered(own, v.now).Score.Total)
	finding, terms := surge.Finding{}, (*surge.Terms)(nil)
	if policy.Surge != nil {
		terms = &policy.Surge.Terms
		finding = surge.Finding{Eligible: v.eligible(m.Account), Points: policy.Surge.Falling(events)}
	}
	var step surge.Step
	if m.Surge, step, m.DueAt = m.Surge.Look(terms, finding, v.now); step == surge.Stay {
		return nil
	}
	if err := store.PutSurge(ctx, tx, m.Account, m.Surge); err != nil {
		return err
	}
	if policy.Mentions("is_surging") {
		s.alter(tx, v.now, m.Account)
	}
	if step != surge.Begin {
		return nil
	}
	return s.tellSurge(ctx, tx, v, m)
}

// tellSurge tells that an account became hot.
func (s *Service) tellSurge(ctx context.Context, tx *sqldb.Tx, v *vista, m *record.Momentum) error {
	policy := v.rules.Policy
	target, listed := policy.Target(v.directory.Domains(m.Account))
	owner := target.Owner
	if a := v.directory.Account(m.Account); a != nil && a.Owner != "" {
		owner = a.Owner
	}
	told := &eventv1.AccountSurged{Account: accountName(m.Account), Number: m.Surge.Number, SurgeTime: timestamppb.New(m.Surge.Began),
		Surge: toSurge(policy.Surge, m.Surge, v.warm(m.Account), v.now), ScoreMicros: m.Score(), Window: durationpb.New(policy.Surge.Window),
		Owner: repName(owner), Target: listed}
	key := eventlog.Key{Name: accountName(m.Account) + "/surge", Seq: &m.Events}
	return s.log.Emit(ctx, tx, key, &eventv1.Event{Subject: accountName(m.Account), Time: timestamppb.New(v.now),
		Playbook: playbookName(v.rules.Playbook), Payload: &eventv1.Event_AccountSurged{AccountSurged: told}})
}

// lookAtDue looks at accounts whose time has come. One that cannot be looked at is put off, and the others are not.
func (s *Service) lookAtDue(ctx context.Context, now time.Time) error {
	var due []string
	err := s.inTurn(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if due, err = store.DueMomenta(ctx, tx, now, fewAccounts); err != nil || len(due) == 0 {
			return err
		}
		return s.look(ctx, tx, slices.Clone(due), nil, now)
	})
	if err == nil || passing(ctx, err) || len(due) == 0 {
		return err
	}
	return s.halve(ctx, due, func(ctx context.Context, tx *sqldb.Tx, ids []string) (int, error) {
		return len(ids), s.look(ctx, tx, ids, nil, now)
	}, func(id string, cause error) error { return s.putOffLook(ctx, id, now, cause) })
}

// putOffLook has an account that cannot be looked at wait, longer each time.
func (s *Service) putOffLook(ctx context.Context, account string, now time.Time, cause error) error {
	var until time.Time
	err := s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		rows, err := store.LockMomenta(ctx, tx, []string{account})
		if m := rows[account]; m != nil {
			m.DueAt = now.Add(record.Pause(m.Failures))
			m.Failures++
			until = m.DueAt
		}
		if err != nil {
			return err
		}
		return store.PutMomenta(ctx, tx, rows)
	})
	if err == nil {
		s.cfg.Logger.WarnContext(ctx, "an account cannot be looked at and is tried again later", slog.String("account", accountName(account)),
			slog.Time("again_at", until), slog.String("cause", cause.Error()))
	}
	return err
}
