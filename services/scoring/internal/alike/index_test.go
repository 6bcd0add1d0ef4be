package alike_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/alike"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// everyone looks at every name: what Find is to give, in any order.
func everyone(names []string, wanted string) []string {
	var found []string
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if match.Alike(wanted, name) || match.IsAcronym(wanted, name) {
			found = append(found, name)
		}
	}
	return found
}

// of are the names that are among others, in order. Find also gives acronyms that are no names.
func of(names, found []string) []string {
	var both []string
	for _, name := range found {
		if slices.Contains(names, name) {
			both = append(both, name)
		}
	}
	slices.Sort(both)
	return slices.Compact(both)
}

// Short words of few letters are alike by chance, long ones when they are drawn from one another.
func names(t *rapid.T) []string {
	letter := rapid.SampledFrom([]rune("aab cdé-株z1"))
	short := rapid.StringOfN(letter, 1, 9, -1)
	drawn := rapid.SliceOfN(short, 1, 20).Draw(t, "names")
	for range 10 {
		drawn = append(drawn, mistyped(t, rapid.SampledFrom(drawn).Draw(t, "name")+rapid.SampledFrom([]string{"", " international", " systems"}).Draw(t, "tail")))
	}
	for i, name := range drawn {
		drawn[i] = strings.Join(strings.Fields(name), " ")
	}
	return slices.DeleteFunc(drawn, func(name string) bool { return name == "" })
}

func mistyped(t *rapid.T, name string) string {
	text := []rune(name)
	for range rapid.IntRange(0, 3).Draw(t, "errors") {
		i := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		switch rapid.IntRange(0, 2).Draw(t, "error") {
		case 0:
			text[i] = rapid.SampledFrom([]rune("abxé")).Draw(t, "letter")
		case 1:
			text = slices.Insert(text, i, 'b')
		default:
			if i > 0 {
				text[i], text[i-1] = text[i-1], text[i]
			}
		}
	}
	return string(text)
}

func TestFindMissesNothingThatLookingAtEverythingFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := names(t)
		index := alike.New()
		for part := range slices.Chunk(all, 7) {
			index.Add(part...)
		}
		for _, wanted := range all {
			if diff := cmp.Diff(everyone(all, wanted), of(all, index.Find(wanted))); diff != "" {
				t.Fatalf("names like %q (-want +got):\n%s", wanted, diff)
			}
		}
	})
}

func TestFindPutsTheMostSimilarFirst(t *testing.T) {
	t.Parallel()
	index := alike.New()
	index.Add("initech systems", "initech system", "globex", "initech system", "", "systems initech", "international business machines")
	if got, want := index.Len(), 5; got != want {
		t.Errorf("%d names, want %d", got, want)
	}
	for wanted, want := range map[string][]string{
		"initech system":                  {"is", "initech systems", "systems initech"},
		"ibm":                             {"international business machines"},
		"machines business intl":          {"mbi", "international business machines"},
		"business machines international": {"bmi", "international business machines"},
		"umbrella":                        nil,
		"":                                nil,
		"intl business machines":          {"ibm", "international business machines"},
		"international bus. machs":        {"ibm"},
	} {
		if diff := cmp.Diff(want, index.Find(wanted)); diff != "" {
			t.Errorf("names like %q (-want +got):\n%s", wanted, diff)
		}
	}
}

func TestAbbreviationsOfEitherSideAreSpeltOut(t *testing.T) {
	t.Parallel()
	for name, wanted := range map[string]string{
		"zorg mfg":           "zorg manufacturing", // the name's
		"zorg manufacturing": "zorg mfg",           // the query's
		"zorg mfgg":          "zorg mfg",           // what looks like one is a name as it is, too
	} {
		index := alike.New()
		index.Add(name)
		if !match.Alike(wanted, name) || !slices.Contains(index.Find(wanted), name) {
			t.Errorf("%q is not found for %q", name, wanted)
		}
	}
}

func TestAHundredBytesAName(t *testing.T) {
	t.Parallel()
	index := alike.New()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		index.Add(fmt.Sprintf("company %x of %d", r.Uint32(), i))
	}
	if each := index.Size() / int64(index.Len()); each > 250 {
		t.Errorf("%d bytes a name", each)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("acme", "acme international")
	f.Add("ab", "株式 会社")
	f.Fuzz(func(t *testing.T, a, b string) {
		a, errA := normal.Company(a)
		b, errB := normal.Company(b)
		if errA != nil || errB != nil || a == b {
			return
		}
		index := alike.New()
		index.Add(b)
		alike := match.Alike(a, b) || match.IsAcronym(a, b)
		if got := slices.Contains(index.Find(a), b); alike && !got {
			t.Errorf("%q is like %q and is not found", b, a)
		}
	})
}
