package predict

import (
	"fmt"

	"github.com/handoffhq/handoff/services/internal/predict/measure"
)

const (
	// eventsPerCoefficient is how many rows of the rarer outcome each coefficient should have (Peduzzi et al. 1996).
	eventsPerCoefficient = 10
	// sureHeld is how many rows of either outcome a measurement needs to be steady (Vergouwe et al., Journal of Clinical
	// Epidemiology 2005).
	sureHeld = 100
	// boldSlope is the calibration slope below which predictions are clearly too bold.
	boldSlope = 0.8
)

// cautions say why the figures are less sure than they look.
func (t *training) cautions(coefficients int, held *measure.Figures) (sentences []string) {
	sentences = append(sentences, t.options.Cautions...)
	say := func(format string, args ...any) { sentences = append(sentences, fmt.Sprintf(format, args...)) }
	if !t.parts.ordered {
		say("the rows have no time: whether the model holds for later leads was not measured")
	}
	positives := 0
	for _, r := range t.parts.learn {
		positives += class(t.sample.Positive[r])
	}
	if rarer := min(positives, len(t.parts.learn)-positives); rarer < eventsPerCoefficient*coefficients {
		say("%d coefficients were learnt from %d rows of the rarer outcome; %d would be usual", coefficients, rarer, eventsPerCoefficient*coefficients)
	}
	if rarer := min(held.Positives, held.Rows-held.Positives); rarer < sureHeld {
		say("it was measured on %d rows of the rarer outcome; with fewer than %d the figures are unsteady", rarer, sureHeld)
	}
	if held.Calibration.Slope < boldSlope {
		say("its probabilities are too bold: what it calls likely happens less often, what it calls unlikely more often")
	}
	return sentences
}
