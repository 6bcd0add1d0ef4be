package routing

import (
	"errors"

	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// setRep writes what people say of a rep.
func setRep(row *store.Rep, r *routingv1.Rep) {
	row.DisplayName, row.Issuer, row.Subject, row.Team = r.GetDisplayName(), r.GetIssuer(), r.GetSubject(), r.GetTeam()
	if row.Subject != "" && row.Issuer == "" {
		row.Issuer = auth.LocalIssuer
	}
	row.Manager, row.Calendar = ident.ID(r.GetManager(), "reps"), ident.ID(r.GetCalendar(), "calendars")
	if row.Active = r.Active == nil || r.GetActive(); row.Active {
		row.OfflineAt, row.OfflineCause = 0, ""
	}
	row.MaxOpen, row.MaxPerDay, row.MaxPerWeek = wide(r.MaxOpen), wide(r.MaxPerDay), wide(r.MaxPerWeek)
	row.Coverage = store.Covering(readCoverage(r.GetCoverage()))
	row.RollingDays, row.RollingMax = int64(r.GetRollingCap().GetDays()), int64(r.GetRollingCap().GetMax())
}

// dangling turns a row that a field names in vain into its fault.
func dangling(err error, field, name string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.Dangling(field, name)
	}
	return err
}

// repTaken says what of a rep is another's.
func repTaken(err error, r *store.Rep) error {
	switch {
	case errors.Is(err, store.ErrIdentityTaken):
		f := fault.New(fault.Exists, errorsv1.ErrorReason_ERROR_REASON_RESOURCE_EXISTS, "another rep has this issuer and subject")
		f.Violations = []fault.Violation{{Field: "rep.subject", Message: "with its issuer is another rep's"}}
		return f.With("resource", repName(r.ID))
	case errors.Is(err, store.ErrIDTaken):
		return fault.Taken(repName(r.ID))
	}
	return err
}

// repProto is a rep as the API shows them.
func repProto(r *store.Rep) *routingv1.Rep {
	out := &routingv1.Rep{
		Name: repName(r.ID), DisplayName: r.DisplayName, Issuer: r.Issuer, Subject: r.Subject, Team: r.Team, Manager: repName(r.Manager),
		Calendar: ident.Name("calendars", r.Calendar), Active: proto.Bool(r.Active), MaxOpen: narrow(r.MaxOpen), MaxPerDay: narrow(r.MaxPerDay),
		MaxPerWeek: narrow(r.MaxPerWeek), OpenCount: int32(r.Open), CreateTime: instant(r.CreatedAt), UpdateTime: instant(r.UpdatedAt),
		Etag: etag.Of(r.RowVersion), Coverage: coverageProto(r.Coverage.Coverage()),
	}
	if r.OfflineAt > 0 {
		out.Offline = &routingv1.Offline{OfflineTime: instant(r.OfflineAt), Cause: r.OfflineCause,
			Handoff: ident.Name("handoffs", ident.Parse(r.OfflineCause, "handoffs", "clocks")[0])}
	}
	if r.RollingDays > 0 {
		out.RollingCap = &routingv1.RollingCap{Days: int32(r.RollingDays), Max: int32(r.RollingMax)}
	}
	return out
}

// colleague is a rep as the caller may see them: why colleagues are offline is between them and whoever leads them.
func (v viewer) colleague(r *store.Rep) *routingv1.Rep {
	out := repProto(r)
	if !v.wide && v.rep != r.ID {
		out.Offline = nil
	}
	return out
}

// publicRep is a rep as the audit may keep them: without the person's name.
func publicRep(r *store.Rep) *routingv1.Rep { return withoutName(repProto(r)) }

func withoutName(r *routingv1.Rep) *routingv1.Rep {
	r = proto.CloneOf(r)
	r.DisplayName = ""
	return r
}

func wide(n *int32) *int64 {
	if n == nil {
		return nil
	}
	return new(int64(*n))
}

func narrow(n *int64) *int32 {
	if n == nil {
		return nil
	}
	return new(int32(*n))
}

// checkName refuses a resource without the name that people know. A change may leave it out and a resource may not.
func checkName(field, name string) error {
	if name == "" {
		return fault.Field(field, "is required")
	}
	return nil
}
