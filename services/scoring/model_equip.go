package scoring

import (
	"context"
	"errors"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// equip gives a policy the models that it names. The playbook service takes none in that is not here with that hash; if one
// is missing all the same, criteria that ask it are unknown.
func equip(ctx context.Context, q sqldb.Querier, policy *qualify.Policy) (*qualify.Policy, error) {
	if policy == nil || len(policy.Models()) == 0 {
		return policy, nil
	}
	predictors := map[string]qualify.Predictor{}
	for name, reference := range policy.Models() {
		m, err := store.GetModel(ctx, q, reference.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && m.Hash != reference.Hash {
			continue
		}
		if err != nil {
			return nil, err
		}
		l, err := readLearnt(m)
		if err != nil {
			return nil, err
		}
		predictors[name] = l.Predictor
	}
	return policy.With(predictors), nil
}
