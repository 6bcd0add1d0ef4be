package markov

// eliminated works out what is left without a channel by taking one state after another out of the chain and sending what
// went through it on to where it led. Only sums, products and quotients of numbers that are not negative occur.
//
// The error is that of Grassmann, Taksar and Heyman's elimination: each of n steps brings at most n + 6 roundings to every
// number that stays, and numbers off by ε change the outcome by at most 2nε (O'Cinneide 1993).
func (c *Chain) eliminated(channel int) estimate {
	m := c.dense(channel)
	for s := len(m.rows) - 1; s > 0; s-- {
		m.takeOut(s)
	}
	start := m.rows[0]
	n := float64(len(m.rows))
	bound := 2 * n * n * (n + 6) * unit
	if start.won == 0 {
		return estimate{share: 0, bound: bound}
	}
	reached := start.won / (start.won + start.lost)
	return estimate{share: reached * (float64(c.total) / float64(c.won)), bound: bound}
}

// matrix is a chain without a channel. Its first row is START.
type matrix struct {
	rows []row
}

type row struct {
	to        []float64 // by row
	won, lost float64   // to CONVERSION, to NULL
}

func (c *Chain) dense(channel int) *matrix {
	at := make([]int, len(c.states)) // the row of a state; 0 is none
	kept := 1
	for i, key := range c.keys {
		if !holds(key, channel) {
			at[i] = kept
			kept++
		}
	}
	m := &matrix{rows: make([]row, kept)}
	cells := make([]float64, kept*kept)
	for i := range m.rows {
		m.rows[i].to = cells[i*kept : (i+1)*kept : (i+1)*kept]
	}
	start := &m.rows[0]
	for i, s := range c.states {
		if at[i] == 0 {
			start.lost += float64(s.start)
			continue
		}
		start.to[at[i]] = float64(s.start)
		r := &m.rows[at[i]]
		r.won, r.lost = float64(s.conversions), float64(s.nulls)
		for e := s.from; e < s.until; e++ {
			if to := at[c.to[e]]; to != 0 {
				r.to[to] = float64(c.count[e])
			} else {
				r.lost += float64(c.count[e])
			}
		}
	}
	return m
}

// takeOut sends what came to the last of the rows on to where it led. What it led to itself does not count.
func (m *matrix) takeOut(s int) {
	out := &m.rows[s]
	total := out.won + out.lost
	for _, weight := range out.to[:s] {
		total += weight
	}
	if total == 0 {
		return // nothing came here
	}
	for i := range m.rows[:s] {
		r := &m.rows[i]
		share := r.to[s] / total
		if share == 0 {
			continue
		}
		r.won += float64(share * out.won)
		r.lost += float64(share * out.lost)
		for j, weight := range out.to[:s] {
			r.to[j] += float64(share * weight)
		}
		r.to[i] = 0
	}
}
