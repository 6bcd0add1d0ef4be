package scoring

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// ReplayLeads implements ScoringService. The history is read chapter by chapter, each in a short transaction; while one is
// read those before it are judged, and answered in their order. So memory stays flat however long the history is. Only of a
// version that asks for buying committees or surges it is all read once before, and a little kept of who plays a part in them.
func (s *Service) ReplayLeads(req *scoringv1.ReplayLeadsRequest, stream grpc.ServerStreamingServer[scoringv1.ReplayLeadsResponse]) error {
	r, err := s.rerun(stream.Context(), req)
	if err != nil {
		return err
	}
	if err := r.convene(stream.Context()); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(stream.Context())
	read, inOrder := make(chan *reading), make(chan *reading, 2*workers())
	group.Go(func() error {
		defer close(read)
		defer close(inOrder)
		return r.read(ctx, read, inOrder)
	})
	for range workers() {
		group.Go(func() error { return r.judge(read) })
	}
	group.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case next, more := <-inOrder:
				if !more {
					return nil
				}
				if err := r.answer(ctx, next, stream); err != nil {
					return err
				}
			}
		}
	})
	return group.Wait()
}

// workers is how many chapters are judged at once; the rest is for those who bring leads meanwhile.
func workers() int { return max(1, runtime.GOMAXPROCS(0)-1) }

// reading is a chapter, and what the versions make of it once it was judged.
type reading struct {
	*chapter
	judged chan []*scoringv1.ReplayedLead
}

// rerun is one replay.
type rerun struct {
	*Service
	world      replay.World // but for the companies, which each chapter has of its own
	start, end time.Time
	progress   *scoringv1.ReplayProgress
	cautions   []string
	companies  companies
	happened   happened
}

func (s *Service) rerun(ctx context.Context, req *scoringv1.ReplayLeadsRequest) (*rerun, error) {
	r := &rerun{Service: s, start: moment(req.GetStartTime()), end: moment(req.GetEndTime()), progress: &scoringv1.ReplayProgress{}, companies: companies{}, happened: happened{}}
	r.world.Cut = s.cfg.Now()
	for v, given := range map[int]*scoringv1.ReplayedVersion{replay.Baseline: req.GetBaseline(), replay.Draft: req.GetDraft()} {
		if given == nil {
			continue
		}
		policy, err := qualify.Compile(given.GetDocument())
		if err != nil {
			return nil, fault.Field(map[int]string{replay.Baseline: "baseline", replay.Draft: "draft"}[v]+".document", "cannot be read: %v", err)
		}
		if policy, err = equip(ctx, s.cfg.DB, policy); err != nil {
			return nil, err
		}
		r.world.Versions[v] = replay.Version{Policy: policy, Closes: closes(given)}
	}
	r.cautions = r.foreknown()
	var err error
	if r.progress.TotalLeadCount, err = store.CountLeads(ctx, s.cfg.DB); err != nil {
		return nil, err
	}
	r.world.Lists, err = s.listEditions(ctx, func(name string) bool {
		return slices.ContainsFunc(r.world.Versions[:], func(v replay.Version) bool { return v.Policy != nil && v.Policy.Mentions(name) })
	})
	return r, err
}

// listEditions are the lists that are wanted, as they were from each change of them on.
func (s *Service) listEditions(ctx context.Context, wanted func(name string) bool) ([]replay.Edition, error) {
	names, err := store.ListNames(ctx, s.cfg.DB)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !wanted(name) })
	stored, err := store.ListVersions(ctx, s.cfg.DB, names)
	if err != nil {
		return nil, err
	}
	var editions []replay.Edition
	inForce := map[string]*criteria.List{}
	for _, l := range stored {
		inForce = maps.Clone(inForce)
		inForce[l.Name] = criteria.NewList(valuesOf(l))
		editions = append(editions, replay.Edition{From: l.RecordedAt, Lists: inForce, Changed: l.Name})
	}
	return editions, nil
}

// read reads the history to its end.
func (r *rerun) read(ctx context.Context, to ...chan<- *reading) error {
	for after := ""; ; {
		c, err := r.chapter(ctx, after)
		if err != nil || c.leads == 0 {
			return err
		}
		next := &reading{chapter: c, judged: make(chan []*scoringv1.ReplayedLead, 1)}
		for _, take := range to {
			select {
			case take <- next:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		after = c.last
	}
}

// judge judges chapters as they come.
func (r *rerun) judge(chapters <-chan *reading) error {
	for next := range chapters {
		world := r.world
		world.Companies = next.companies
		var leads []*scoringv1.ReplayedLead
		for i, past := range next.pasts {
			people, err := world.Run(past)
			if err != nil {
				return err
			}
			for p := range people {
				lead, err := r.toReplayed(&world, past, &people[p])
				if err != nil {
					return err
				}
				name(lead, next.really[i])
				if worthTelling(lead) {
					leads = append(leads, lead)
				}
			}
		}
		next.pasts, next.companies = nil, nil // what was found alone waits for its turn to be told
		next.judged <- leads
	}
	return nil
}

// answer tells what became of a chapter.
func (r *rerun) answer(ctx context.Context, next *reading, stream grpc.ServerStreamingServer[scoringv1.ReplayLeadsResponse]) error {
	var leads []*scoringv1.ReplayedLead
	select {
	case leads = <-next.judged:
	case <-ctx.Done():
		return ctx.Err()
	}
	r.count(next, leads)
	return stream.Send(&scoringv1.ReplayLeadsResponse{Progress: r.progress, Leads: leads, Cautions: r.cautions})
}

// count adds a chapter to the progress, and holds the baseline against what really happened.
func (r *rerun) count(next *reading, leads []*scoringv1.ReplayedLead) {
	r.progress.LeadCount += next.leads
	r.progress.EngagementCount += next.deeds
	r.progress.TotalLeadCount = max(r.progress.GetTotalLeadCount(), r.progress.GetLeadCount())
	began := map[string]time.Time{}
	for _, really := range next.really {
		for _, c := range really {
			if r.within(c.QualifiedAt) {
				began[c.Handoff] = c.QualifiedAt
			}
		}
	}
	r.progress.RecordedCount += int64(len(began))
	for _, lead := range leads {
		replayed := map[time.Time]int{}
		for _, q := range lead.GetBaseline() {
			replayed[q.GetMqlTime().AsTime()]++
		}
		for _, handoff := range lead.GetHandoffs() {
			if at, is := began[handoffID(handoff)]; is && replayed[at] > 0 {
				replayed[at]--
				r.progress.ReproducedCount++
			}
		}
	}
}

// within says whether an instant is in the period.
func (r *rerun) within(at time.Time) bool { return !at.Before(r.start) && at.Before(r.end) }
