package extract

// This file defines which instructions of a function may run after each other.

import "golang.org/x/tools/go/ssa"

// reaching returns the instructions that may have given local a the value
// that it has at instr: stores that no other store follows on some path, and
// calls that are given its address. With a nil instr, or one in another
// function, it returns all of them.
func reaching(a *ssa.Alloc, at ssa.Instruction) []ssa.Instruction {
	defs := make(map[ssa.Instruction]bool) // true: overwrites the whole
	for _, r := range *a.Referrers() {
		switch r := r.(type) {
		case *ssa.Store:
			if r.Addr == a {
				defs[r] = true
			}
		case ssa.CallInstruction:
			defs[r] = false
		case *ssa.MakeInterface: // flag.Var(&v, …), json.Unmarshal(b, &v)
			for _, r := range *r.Referrers() {
				if c, ok := r.(ssa.CallInstruction); ok {
					defs[c] = false
				}
			}
		}
	}
	var out []ssa.Instruction
	if at == nil || at.Parent() != a.Parent() {
		for instr := range instructions(a.Parent()) {
			if _, ok := defs[instr]; ok {
				out = append(out, instr)
			}
		}
		return out
	}
	seen := make(map[*ssa.BasicBlock]bool)
	var scan func(b *ssa.BasicBlock, n int)
	scan = func(b *ssa.BasicBlock, n int) {
		for i := n - 1; i >= 0; i-- {
			whole, ok := defs[b.Instrs[i]]
			if !ok {
				continue
			}
			out = append(out, b.Instrs[i])
			if whole {
				return
			}
		}
		for _, p := range b.Preds {
			if !seen[p] {
				seen[p] = true
				scan(p, len(p.Instrs))
			}
		}
	}
	scan(at.Block(), position(at))
	return out
}

// position returns the index of an instruction in its block.
func position(instr ssa.Instruction) int {
	for i, in := range instr.Block().Instrs {
		if in == instr {
			return i
		}
	}
	return len(instr.Block().Instrs)
}

// mayFollow reports whether b may run after a; both are in one function.
func mayFollow(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() && position(a) < position(b) {
		return true
	}
	return reachable(a.Block(), b.Block(), func(*ssa.BasicBlock, *ssa.BasicBlock) bool { return true })
}

// reachable reports whether to can be reached from a successor of from over
// edges that use admits.
func reachable(from, to *ssa.BasicBlock, use func(from, to *ssa.BasicBlock) bool) bool {
	seen := make(map[*ssa.BasicBlock]bool)
	work := []*ssa.BasicBlock{from}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range b.Succs {
			if !use(b, s) || seen[s] {
				continue
			}
			if s == to {
				return true
			}
			seen[s] = true
			work = append(work, s)
		}
	}
	return false
}

// exclusive reports whether no run of their function executes both
// instructions: neither can be reached from the other. Two branches in one
// loop are not exclusive, as each may be taken in turn. Calls that never
// return end a block.
func (m api) exclusive(a, b ssa.Instruction) bool {
	if a.Parent() != b.Parent() || a.Block() == b.Block() {
		return false
	}
	forward := func(from, _ *ssa.BasicBlock) bool { return !m.noReturn(from) }
	return !reachable(a.Block(), b.Block(), forward) && !reachable(b.Block(), a.Block(), forward)
}

// inLoop reports whether an instruction can run more than once in one run of
// its function.
func (m api) inLoop(a ssa.Instruction) bool {
	return reachable(a.Block(), a.Block(), func(from, _ *ssa.BasicBlock) bool { return !m.noReturn(from) })
}
