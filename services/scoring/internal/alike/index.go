package alike

import (
	"hash/maphash"
	"sync"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// Index is a set of names: keys of [normal.Company].
type Index struct {
	mu       sync.RWMutex
	text     []byte   // of all names and of their other forms, one after another
	ends     []uint32 // where each text ends
	names    []uint32 // the name that each text is a form of, by its place among the texts
	lengths  []block  // by the number of characters
	acronyms map[string][]uint32
	known    map[uint64]uint32 // by hash, a name
	seed     maphash.Seed
}

// block is the texts of one length.
type block struct {
	signatures []signature
	texts      []uint32
}

// New makes an empty index.
func New() *Index {
	return &Index{acronyms: map[string][]uint32{}, known: map[uint64]uint32{}, seed: maphash.MakeSeed()}
}

// Add adds names. What is empty or known is left out.
func (x *Index) Add(names ...string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, name := range names {
		hash := maphash.String(x.seed, name)
		if held, is := x.known[hash]; name == "" || is && string(x.at(held)) == name {
			continue
		}
		id := x.enter(name, uint32(len(x.ends)))
		x.known[hash] = id
		if full := normal.CompanyInFull(name); full != name {
			x.enter(full, id)
		}
		for _, acronym := range match.Acronyms(name) {
			x.acronyms[acronym] = append(x.acronyms[acronym], id)
		}
	}
}

// enter adds a form of a name.
func (x *Index) enter(text string, name uint32) uint32 {
	id := uint32(len(x.ends))
	x.text = append(x.text, text...)
	x.ends, x.names = append(x.ends, uint32(len(x.text))), append(x.names, name)
	characters := []rune(text)
	for len(x.lengths) <= len(characters) {
		x.lengths = append(x.lengths, block{})
	}
	b := &x.lengths[len(characters)]
	b.signatures, b.texts = append(b.signatures, signed(characters)), append(b.texts, id)
	return id
}

func (x *Index) at(id uint32) []byte {
	if id == 0 {
		return x.text[:x.ends[0]]
	}
	return x.text[x.ends[id-1]:x.ends[id]]
}

// Has reports whether a name was added.
func (x *Index) Has(name string) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	id, is := x.known[maphash.String(x.seed, name)]
	return is && string(x.at(id)) == name
}

// Len is how many names there are.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.known)
}

// Size is about how many bytes of memory the index takes.
func (x *Index) Size() int64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	size := cap(x.text) + 4*cap(x.ends) + 4*cap(x.names)
	for _, b := range x.lengths {
		size += 16*cap(b.signatures) + 4*cap(b.texts)
	}
	const perEntry = 48 // of a map, with its slack
	return int64(size + perEntry*(len(x.known)+len(x.acronyms)) + 4*len(x.known))
}
