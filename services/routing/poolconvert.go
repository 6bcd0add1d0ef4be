package routing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// readPool checks what people say of a pool, and gives its members in the order of their ids.
func readPool(wanted *routingv1.Pool) ([]fairness.Member, error) {
	if err := checkName("pool.display_name", wanted.GetDisplayName()); err != nil {
		return nil, err
	}
	members := make([]fairness.Member, len(wanted.GetMembers()))
	seen := names{}
	for i, m := range wanted.GetMembers() {
		members[i] = fairness.Member{ID: ident.ID(m.GetRep(), "reps"), Weight: max(1, int64(m.GetWeight()))}
		if seen[members[i].ID] {
			return nil, fault.Field(fmt.Sprintf("pool.members[%d].rep", i), "is a member already")
		}
		seen.add(members[i].ID)
	}
	slices.SortFunc(members, func(a, b fairness.Member) int { return cmp.Compare(a.ID, b.ID) })
	return members, nil
}

// membersOf picks the accounts of a pool's members out of those of its ledger. Both are in the order of the reps' ids.
func membersOf(ids []string, accounts []fairness.Member) []fairness.Member {
	picked := make([]fairness.Member, 0, len(ids))
	for _, a := range accounts {
		if _, is := slices.BinarySearch(ids, a.ID); is {
			picked = append(picked, a)
		}
	}
	return picked
}

// maxOverflows is how many overflow pools in a row are followed; more are taken for a cycle.
const maxOverflows = 100

// checkPool refuses members who are no reps, and an overflow pool that does not exist or overflows back.
func checkPool(ctx context.Context, tx *sqldb.Tx, row *store.Pool, members []fairness.Member) error {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	exist, err := store.RepsExist(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !exist[id] {
			return fault.Dangling("pool.members", repName(id))
		}
	}
	if row.Overflow == "" {
		return nil
	}
	if row.Overflow != row.ID {
		if _, err := store.GetPool(ctx, tx, row.Overflow); err != nil {
			return dangling(err, "pool.overflow", poolName(row.Overflow))
		}
	}
	return refuseCycle("pool.overflow", row.ID, row.Overflow, maxOverflows, func(id string) (string, error) {
		return store.OverflowOf(ctx, tx, id)
	})
}

// setPool writes what people say of a pool, but for its members.
func setPool(row *store.Pool, p *routingv1.Pool) {
	row.DisplayName, row.Overflow = p.GetDisplayName(), ident.ID(p.GetOverflow(), "pools")
	row.Calendar = ident.ID(p.GetCalendar(), "calendars")
	row.Mode = int64(max(p.GetMode(), routingv1.Pool_MODE_FAIR))
	row.AccrueWhenCapped, row.OwnerTurns, row.MaxDeficit = p.GetAccrueWhenCapped(), p.GetOwnerTurnsCount(), int64(p.GetMaxDeficit())
	row.FreeDeclines = p.DeclineCostsTurn != nil && !p.GetDeclineCostsTurn()
	row.FairnessGroup, row.Book = p.GetFairnessGroup(), row.ID
	if row.FairnessGroup != "" {
		row.Book = "group:" + row.FairnessGroup // no pool has this id
	}
}

// poolTaken says that the id is another pool's.
func poolTaken(err error, id string) error {
	if errors.Is(err, store.ErrIDTaken) {
		return fault.Taken(poolName(id))
	}
	return err
}

// poolProto is a pool as the API shows it, without what waits in it.
func poolProto(row *store.Pool, members []fairness.Member) *routingv1.Pool {
	p := &routingv1.Pool{Name: poolName(row.ID), DisplayName: row.DisplayName, Mode: routingv1.Pool_Mode(row.Mode),
		Overflow: poolName(row.Overflow), Calendar: ident.Name("calendars", row.Calendar), FairnessGroup: row.FairnessGroup, AccrueWhenCapped: row.AccrueWhenCapped,
		DeclineCostsTurn: proto.Bool(!row.FreeDeclines), OwnerTurnsCount: row.OwnerTurns,
		CreateTime: instant(row.CreatedAt), UpdateTime: instant(row.UpdatedAt), Etag: etag.Of(row.RowVersion)}
	if row.MaxDeficit > 0 {
		p.MaxDeficit = proto.Int32(int32(row.MaxDeficit))
	}
	for _, m := range members {
		p.Members = append(p.Members, &routingv1.PoolMember{Rep: repName(m.ID), Weight: int32(m.Weight)})
	}
	return p
}

// showPool is a pool with its members and how many wait in it.
func showPool(ctx context.Context, q sqldb.Querier, id string) (*routingv1.Pool, error) {
	row, err := store.GetPool(ctx, q, id)
	if err != nil {
		return nil, err
	}
	shown, err := showPools(ctx, q, []*store.Pool{row})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

func showPools(ctx context.Context, q sqldb.Querier, rows []*store.Pool) ([]*routingv1.Pool, error) {
	ids, books := make([]string, len(rows)), names{}
	for i, row := range rows {
		ids[i] = row.ID
		books.add(row.Book)
	}
	members, err := store.Memberships(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	accounts, err := store.Accounts(ctx, q, books.sorted())
	if err != nil {
		return nil, err
	}
	held, err := store.HeldCounts(ctx, q)
	shown := make([]*routingv1.Pool, len(rows))
	for i, row := range rows {
		shown[i] = poolProto(row, membersOf(members[row.ID], accounts[row.Book]))
		shown[i].HeldCount = int32(held[row.ID])
	}
	return shown, err
}
