package markov

// Eliminated works out the effects by elimination, whatever the size of the chain.
func Eliminated(c *Chain) []float64 {
	effects := make([]float64, c.channels)
	for channel := range effects {
		effects[channel] = 1 - c.eliminated(channel).share
	}
	return effects
}
