// Package inherit is the module's own and no helper.
package inherit

// Do does nothing.
func Do() {}
