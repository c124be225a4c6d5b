package flow

import "inheritfd/analyzer/model"

// Narrow says what part of an address a value fills that is part sel of a larger
// value which fills part; false when the two cannot be.
func Narrow(part, sel model.Part) (model.Part, bool) {
	switch {
	case part == model.Object || sel == model.Object: // no text
		return part, part == model.Object && (sel == model.Object || sel == model.Whole)
	case sel == model.Whole || sel == part:
		return part, true
	case part == model.Network:
		return part, false
	case part == model.Whole:
		return sel, true
	}
	if part == model.Path && sel == model.Dir {
		return sel, true
	}
	return part, part != model.Host && part != model.Port || sel == model.Path || sel == model.Dir
}
