package predict

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/handoffhq/handoff/services/internal/predict/measure"
)

// Warning is a sign that a feature may be known only after the outcome began to show.
type Warning struct {
	Feature string  `json:"feature"`
	Sign    Sign    `json:"sign"`
	Figure  float64 `json:"figure,omitempty"`
	Text    string  `json:"text"` // a sentence, with the figure
}

// Sign is what makes a feature suspicious.
type Sign string

// The signs.
const (
	// Implausible is a feature that alone ranks the held-out rows with an AUC of 0.9 or more.
	Implausible Sign = "implausible"
	// Decisive is a value that at least one row in twenty has, and that is at least twenty times as frequent, or as rare,
	// among the positives as among the negatives. The factor is the end of its 95 % interval that is nearer to 1.
	Decisive Sign = "decisive"
	// Telling is a feature whose being filled in tells the outcome with an AUC of 0.7 or more.
	Telling Sign = "telling"
	// Afterwards is a name that sales usually fills in. It is a hint without a figure.
	Afterwards Sign = "afterwards"
	// Late is a feature that was first recorded after sales touched the lead. The figure is the share of such rows.
	Late Sign = "late"
)

const (
	implausibleAUC = 0.9
	decisiveRatio  = 20
	decisiveShare  = 0.05
	tellingAUC     = 0.7
	z95            = 1.959963984540054
	smoothing      = 10 // rows of the base rate that each value is mixed with
	screenBins     = 10
)

// typedLater are words in names of columns that sales usually fills in while it works on a lead.
var typedLater = []string{"tag", "tags", "quality", "status", "stage", "disposition", "reason", "outcome", "result", "close", "closed", "won", "lost",
	"deal", "score", "index", "note", "notes", "comment", "comments", "profile", "grade", "rating", "verdict", "last activity", "last notable"}

// screen looks at each feature alone.
func screen(s *Sample, p parts, features []*Feature, columns []*column) (warnings []Warning) {
	for i, f := range features {
		counts := tally(columns[i], s, p.learn)
		f.AUC = round(counts.alone(f, columns[i], s, p.held).Value)
		if f.AUC >= implausibleAUC {
			warnings = append(warnings, Warning{Feature: f.Name, Sign: Implausible, Figure: f.AUC,
				Text: fmt.Sprintf("alone it ranks the held-out rows with an AUC of %.3f; that good a feature is usually known only afterwards", f.AUC)})
		}
		warnings = append(warnings, counts.decisive(f, columns[i])...)
		if w, ok := counts.telling(f); ok {
			warnings = append(warnings, w)
		}
		if w, ok := afterwards(f.Name); ok {
			warnings = append(warnings, w)
		}
	}
	return warnings
}

// outcomes are how many rows of each code are negative and positive.
type outcomes struct {
	byCode [][2]int
	all    [2]int
}

func tally(c *column, s *Sample, rows []int32) outcomes {
	o := outcomes{byCode: make([][2]int, len(c.texts))}
	for _, r := range rows {
		k := class(s.Positive[r])
		o.byCode[c.codes[r]][k]++
		o.all[k]++
	}
	return o
}

// alone is how well the feature ranks rows that it did not learn from, by the share of positives of each value; of a
// number, of each tenth of its range of ranks.
func (o outcomes) alone(f *Feature, c *column, s *Sample, held []int32) measure.AUC {
	group := make([]int, len(c.texts))
	for code := range group {
		group[code] = code
	}
	if f.Kind == Number {
		o.tenths(c, group)
	}
	sums := make([][2]int, len(c.texts))
	for code, n := range o.byCode {
		sums[group[code]][0] += n[0]
		sums[group[code]][1] += n[1]
	}
	base := float64(o.all[1]) / float64(o.all[0]+o.all[1])
	rates, positive := make([]float64, len(held)), make([]bool, len(held))
	for i, r := range held {
		n := sums[group[c.codes[r]]]
		rates[i] = (float64(n[1]) + smoothing*base) / (float64(n[0]+n[1]) + smoothing)
		positive[i] = s.Positive[r]
	}
	return measure.Rank(rates, positive)
}

// decisive finds values that decide almost alone.
func (o outcomes) decisive(f *Feature, c *column) (warnings []Warning) {
	n, m := float64(o.all[0]), float64(o.all[1])
	for code, count := range o.byCode {
		if code == 0 || float64(count[0]+count[1]) < decisiveShare*(n+m) || f.Kind == Number {
			continue
		}
		a, b := (float64(count[1])+0.5)/(m+1), (float64(count[0])+0.5)/(n+1)
		// The standard error of the logarithm of a ratio of two proportions (Katz et al., Biometrics 1978).
		e := math.Sqrt(max(0, 1/(float64(count[1])+0.5)-1/(m+1)+1/(float64(count[0])+0.5)-1/(n+1)))
		ratio := math.Exp(max(0, math.Abs(math.Log(a/b))-z95*e))
		if ratio < decisiveRatio {
			continue
		}
		warnings = append(warnings, Warning{Feature: f.Name, Sign: Decisive, Figure: round(ratio),
			Text: fmt.Sprintf("of %d rows with %q, %d were positive; that value decides almost alone, at least %.0f to 1",
				count[0]+count[1], c.texts[code], count[1], math.Floor(ratio))})
	}
	return warnings
}

// telling says whether being filled in tells the outcome.
func (o outcomes) telling(f *Feature) (Warning, bool) {
	blankNo, blankYes := float64(o.byCode[0][0])/float64(o.all[0]), float64(o.byCode[0][1])/float64(o.all[1])
	auc := round(0.5 + math.Abs(blankNo-blankYes)/2)
	if auc < tellingAUC {
		return Warning{}, false
	}
	return Warning{Feature: f.Name, Sign: Telling, Figure: auc,
		Text: fmt.Sprintf("whether it is filled in tells the outcome with an AUC of %.3f (filled in for %.0f %% of the positives, %.0f %% of the others)",
			auc, 100*(1-blankYes), 100*(1-blankNo))}, true
}

// afterwards says whether a name is one that sales usually fills in.
func afterwards(name string) (Warning, bool) {
	words := " " + strings.Join(strings.FieldsFunc(plain(name), func(r rune) bool { return r == ' ' || r == '_' || r == '-' || r == '.' }), " ") + " "
	for _, w := range typedLater {
		if strings.Contains(words, " "+w+" ") {
			return Warning{Feature: name, Sign: Afterwards, Text: fmt.Sprintf("a column with %q in its name is often filled in by sales: when is it known?", w)}, true
		}
	}
	return Warning{}, false
}

// tenths gives the codes of a numeric column groups of about as many rows each, by value. What is no number stays with the
// missing ones.
func (o outcomes) tenths(c *column, group []int) {
	codes, values, rows := make([]int, 0, len(group)), make([]float64, len(group)), 0
	for code, text := range c.texts {
		x, ok := number(text)
		if group[code] = 0; !ok {
			continue
		}
		codes, values[code] = append(codes, code), x
		rows += o.byCode[code][0] + o.byCode[code][1]
	}
	slices.SortFunc(codes, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	before, tenth, first := 0, -1, 0
	for _, code := range codes {
		if now := before * screenBins / max(rows, 1); now != tenth {
			tenth, first = now, code
		}
		group[code] = first
		before += o.byCode[code][0] + o.byCode[code][1]
	}
}
