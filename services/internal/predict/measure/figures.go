package measure

import "math"

// Figures are how good predictions were.
type Figures struct {
	Rows      int     `json:"rows"`
	Positives int     `json:"positives"`
	BaseRate  float64 `json:"base_rate"` // the share of positives
	AUC       AUC     `json:"auc"`
	// Brier is the mean square of prediction less outcome (Brier 1950): 0 is perfect.
	Brier float64 `json:"brier"`
	// BrierBase is what giving everybody the base rate of these very rows would come to.
	BrierBase float64 `json:"brier_base"`
	// BrierSkill is 1 - Brier/BrierBase: 1 is perfect, 0 no better than the base rate, less is worse.
	BrierSkill float64 `json:"brier_skill"`
	// LogLoss is the mean of -log of the probability that was given to what happened.
	LogLoss     float64     `json:"log_loss"`
	Calibration Calibration `json:"calibration"`
	TopTenth    Capture     `json:"top_tenth"`
	// Cuts are what choosing by a threshold finds, from the highest threshold down.
	Cuts []Cut `json:"cuts"`
}

// Cut is what choosing the rows from a prediction on finds.
type Cut struct {
	Threshold float64 `json:"threshold"` // rounded down to four digits after the point, so that people can write it
	Chosen    int     `json:"chosen"`
	Positives int     `json:"positives"` // of the chosen
}

// mostCut is the largest share of the rows for which there is a cut, in per cent.
const mostCut = 50

// Capture is what choosing the best share of the rows finds.
type Capture struct {
	Share float64 `json:"share"` // of the rows
	Found float64 `json:"found"` // of the positives
	Lift  float64 `json:"lift"`  // Found / Share
}

// smallest keeps the logarithmic loss of a prediction of 0 or 1 finite.
const smallest = 1e-15

// Of computes the figures. Predictions are probabilities.
func Of(predicted []float64, positive []bool) Figures {
	s := sorted(predicted, positive)
	if len(s) == 0 {
		return Figures{AUC: s.auc()}
	}
	positives, _ := s.counts()
	n := float64(len(s))
	base := float64(positives) / n
	f := Figures{Rows: len(s), Positives: positives, BaseRate: base, AUC: s.auc(), BrierBase: base * (1 - base)}
	for _, p := range s {
		outcome, given := 0.0, 1-p.predicted
		if p.positive {
			outcome, given = 1, p.predicted
		}
		f.Brier += float64((p.predicted - outcome) * (p.predicted - outcome))
		f.LogLoss -= math.Log(max(given, smallest))
	}
	f.Brier /= n
	f.LogLoss /= n
	if f.BrierBase > 0 {
		f.BrierSkill = 1 - f.Brier/f.BrierBase
	}
	f.Calibration = s.calibration()
	f.TopTenth = s.capture(0.1)
	f.Cuts = s.cuts()
	return f
}

// capture is what the best share finds. Of rows with equal predictions a part is taken of each.
func (s pairs) capture(share float64) Capture {
	positives, _ := s.counts()
	c := Capture{Share: share}
	if positives == 0 {
		return c
	}
	left, found := share*float64(len(s)), 0.0
	for to := len(s); to > 0 && left > 0; {
		from, here := to, 0
		for ; from > 0 && s[from-1].predicted == s[to-1].predicted; from-- {
			if s[from-1].positive {
				here++
			}
		}
		taken := min(1, left/float64(to-from))
		found += taken * float64(here)
		left -= float64(to - from)
		to = from
	}
	c.Found = found / float64(positives)
	c.Lift = c.Found / share
	return c
}

// cuts choose at least each whole per cent of the rows up to mostCut. Shares that end at one prediction have one cut.
func (s pairs) cuts() (cuts []Cut) {
	from, positives := len(s), 0
	for percent := 1; percent <= mostCut; percent++ {
		wanted := (percent*len(s) + 99) / 100
		if len(s)-from >= wanted {
			continue
		}
		threshold := math.Floor(s[len(s)-wanted].predicted*1e4) / 1e4
		for ; from > 0 && s[from-1].predicted >= threshold; from-- {
			if s[from-1].positive {
				positives++
			}
		}
		cuts = append(cuts, Cut{Threshold: threshold, Chosen: len(s) - from, Positives: positives})
	}
	return cuts
}
