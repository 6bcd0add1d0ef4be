package normal

import "testing"

// One name under two codes would make the answer depend on the order of a map.
func TestNoCountryNameStandsForTwoCountries(t *testing.T) {
	t.Parallel()
	codes := map[string]string{}
	for code, names := range otherNames {
		for _, name := range names {
			if other, taken := codes[countryKey(name)]; taken && other != code {
				t.Errorf("%q stands for both %s and %s", name, other, code)
			}
			codes[countryKey(name)] = code
		}
	}
}
