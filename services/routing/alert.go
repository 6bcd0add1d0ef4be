package routing

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/cover"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// surged raises an alert about an account that became hot: for its owner, or for the pool that gets what has no owner. It is
// no lead, so it takes nobody's turn and waits for nobody.
func (in *intake) surged(ctx context.Context, e *eventv1.Event) error {
	surge := e.GetAccountSurged()
	account := ident.ID(surge.GetAccount(), "accounts")
	if !ident.Valid(account) {
		return fmt.Errorf("%q is not the name of an account", surge.GetAccount())
	}
	rep, pool, err := in.receivers(ctx, surge, in.playbooks[e.GetPlaybook()])
	if err != nil {
		return err
	}
	var coverFor string
	if rep != "" && repName(rep) != surge.GetOwner() {
		coverFor = surge.GetOwner()
	}
	id := in.s.cfg.IDs.New(in.now, "account_alert", account+"/"+strconv.FormatInt(surge.GetNumber(), 10))
	alert := &routingv1.AccountAlert{Name: ident.Name("accountAlerts", id), Account: surge.GetAccount(), Rep: repName(rep), Pool: ident.Name("pools", pool),
		Target: surge.GetTarget(), Surge: surge.GetSurge(), ScoreMicros: surge.GetScoreMicros(), Playbook: e.GetPlaybook(),
		RaiseTime: timestamppb.New(in.now), Test: in.s.cfg.Test, CoverFor: coverFor}
	body, err := proto.Marshal(alert)
	if err != nil {
		return fmt.Errorf("store alert about %s: %w", surge.GetAccount(), err)
	}
	fresh, err := store.AddAlert(ctx, in.tx, &store.Alert{ID: id, Account: account, Surge: surge.GetNumber(), Rep: rep, Pool: pool, Body: body})
	if err != nil || !fresh {
		return err
	}
	var told int64
	return in.s.log.Emit(ctx, in.tx, eventlog.Key{Name: alert.GetName(), Seq: &told}, &eventv1.Event{Playbook: e.GetPlaybook(),
		Time: timestamppb.New(in.now), Payload: &eventv1.Event_AccountAlertRaised{AccountAlertRaised: &eventv1.AccountAlertRaised{Alert: alert}}})
}

// receivers are whom an alert is for: the owner if that is somebody who works here and is not away, else who stands in for
// them, else the pool that would get a lead of the account with high intent, else nobody.
func (in *intake) receivers(ctx context.Context, surge *eventv1.AccountSurged, playbook shelf.Version[terms]) (rep, pool string, err error) {
	owner := ident.ID(surge.GetOwner(), "reps")
	where, err := whereabouts(ctx, in.tx, []string{owner}, in.now)
	switch at := where[owner]; {
	case err != nil:
		return "", "", err
	case at.Active && !at.Away:
		return owner, "", nil
	case at.Active:
		if by := cover.StandIn(owner, where); by != "" {
			return by, "", nil
		}
	}
	supposed := &scoringv1.LeadContext{Intent: playbookv1.IntentLevel_INTENT_LEVEL_HIGH,
		Account: &scoringv1.AccountContext{Account: surge.GetAccount(), Target: surge.GetTarget()}}
	found, err := store.GetPool(ctx, in.tx, playbook.Policy.route(supposed, nil).home)
	if errors.Is(err, store.ErrNotFound) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	return "", found.ID, nil
}

// ListAccountAlerts implements RoutingService.
func (s *Service) ListAccountAlerts(ctx context.Context, req *routingv1.ListAccountAlertsRequest) (*routingv1.ListAccountAlertsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	filter := store.AlertFilter{Rep: ident.ID(req.GetRep(), "reps"), Account: ident.ID(req.GetAccount(), "accounts"), Before: page.Key.Text}
	var rows []*store.Alert
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		caller, err := viewerOf(ctx, tx)
		if err != nil || !caller.wide && caller.rep == "" {
			return err
		}
		filter.Only = caller.rep
		rows, err = store.ListAlerts(ctx, tx, filter, page.Limit())
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, func(a *store.Alert) paging.Key { return paging.Key{Text: a.ID} })
	resp := &routingv1.ListAccountAlertsResponse{NextPageToken: next}
	for _, row := range rows {
		alert := &routingv1.AccountAlert{}
		if err := proto.Unmarshal(row.Body, alert); err != nil {
			return nil, fmt.Errorf("read alert %s: %w", row.ID, err)
		}
		resp.AccountAlerts = append(resp.AccountAlerts, alert)
	}
	return resp, nil
}
