package credit_test

import (
	"fmt"
	"testing"

	"github.com/handoffhq/handoff/services/internal/credit"
)

func TestNamesAreStable(t *testing.T) {
	t.Parallel()
	for want, value := range map[string]fmt.Stringer{
		"LINEAR":          credit.Linear(),
		"FIRST_TOUCH":     credit.FirstTouch(),
		"LAST_TOUCH":      credit.LastTouch(),
		"LAST_NON_DIRECT": credit.LastNonDirect(),
		"POSITION_BASED":  credit.PositionBased(),
		"U_40_20_40":      credit.U402040(),
		"U_50_50":         credit.U5050(),
		"W_SHAPED":        credit.WShaped(),
		"FULL_PATH":       credit.FullPath(),
		"TIME_DECAY":      timeDecay(t, credit.MonthHalfLife),
		"CUSTOM":          custom(t, credit.CustomWeights{Rest: credit.WholeParts}),
		"NONE":            credit.NoTeam,
		"MARKETING":       credit.Marketing,
		"SALES":           credit.Sales,
	} {
		if got := value.String(); got != want {
			t.Errorf("name of %T: got %s, want %s", value, got, want)
		}
	}
}
