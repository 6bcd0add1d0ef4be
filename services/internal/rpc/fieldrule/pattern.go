package fieldrule

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// maxStates bounds the table of one pattern: 128 numbers of two bytes for each state.
const maxStates = 256

// table is a regular expression as a table of states. It reads ASCII alone, and each byte once.
type table struct {
	next    [][128]int16 // -1 leads nowhere
	accepts []bool
}

// matches reports whether a text matches. A text that is not ASCII does not, as far as the table knows.
func (t *table) matches(text string) bool {
	state := int16(0)
	for i := range len(text) {
		if text[i] >= 128 {
			return false
		}
		if state = t.next[state][text[i]]; state < 0 {
			return false
		}
	}
	return t.accepts[state]
}

// newTable makes the table of a pattern that is anchored at both ends; nil for every other one, and where it would be
// large.
func newTable(pattern string) *table {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil || program.StartCond()&syntax.EmptyBeginText == 0 {
		return nil
	}
	m := maker{program: program, known: map[string]int16{}}
	m.state(m.reach([]uint32{uint32(program.Start)}, syntax.EmptyBeginText|syntax.EmptyBeginLine))
	for i := 0; i < len(m.sets) && !m.gaveUp; i++ {
		m.table.next = append(m.table.next, m.row(m.sets[i]))
	}
	if m.gaveUp {
		return nil
	}
	return &m.table
}

// maker turns sets of instructions of a compiled expression into states.
type maker struct {
	program *syntax.Prog
	table   table
	sets    [][]uint32
	known   map[string]int16
	gaveUp  bool
}

// row says where each byte leads from a set. Neighbours mostly lead to the same place.
func (m *maker) row(set []uint32) (row [128]int16) {
	var before, after []uint32
	for b := range row {
		before, after = after, before[:0]
		for _, at := range set {
			if inst := &m.program.Inst[at]; inst.MatchRune(rune(b)) {
				after = append(after, inst.Out)
			}
		}
		switch {
		case len(after) == 0:
			row[b] = -1
		case slices.Equal(after, before):
			row[b] = row[b-1]
		default:
			row[b] = m.state(m.reach(after, 0))
		}
	}
	return row
}

// state is the number of a set of instructions.
func (m *maker) state(set []uint32) int16 {
	key := make([]byte, 0, 4*len(set))
	for _, at := range set {
		key = binary.LittleEndian.AppendUint32(key, at)
	}
	if state, known := m.known[string(key)]; known {
		return state
	}
	state := int16(len(m.sets))
	m.known[string(key)] = state
	m.sets = append(m.sets, set)
	m.gaveUp = m.gaveUp || len(m.sets) > maxStates || m.matched(set)
	m.table.accepts = append(m.table.accepts, m.matched(m.reach(set, syntax.EmptyEndText|syntax.EmptyEndLine)))
	return state
}

func (m *maker) matched(set []uint32) bool {
	return slices.ContainsFunc(set, func(at uint32) bool { return m.program.Inst[at].Op == syntax.InstMatch })
}

// reach is what can be reached from some instructions without a byte, at a place in the text: those that read a byte, that
// match, and that wait for another place.
func (m *maker) reach(from []uint32, place syntax.EmptyOp) []uint32 {
	seen := map[uint32]bool{}
	var reached []uint32
	var visit func(at uint32)
	visit = func(at uint32) {
		if seen[at] {
			return
		}
		seen[at] = true
		switch inst := &m.program.Inst[at]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			visit(inst.Out)
			visit(inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			visit(inst.Out)
		case syntax.InstEmptyWidth:
			if wanted := syntax.EmptyOp(inst.Arg); wanted&^place == 0 {
				visit(inst.Out)
			} else {
				reached = append(reached, at)
				m.gaveUp = m.gaveUp || wanted&^(syntax.EmptyEndText|syntax.EmptyBeginText) != 0
			}
		case syntax.InstFail:
		default:
			reached = append(reached, at)
		}
	}
	for _, at := range from {
		visit(at)
	}
	slices.Sort(reached)
	return reached
}
