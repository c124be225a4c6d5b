// Package group is like errgroup.
package group

import (
	"context"
	"sync"
)

// A Group runs functions.
type Group struct {
	wg  sync.WaitGroup
	err error
}

// Go runs f.
func (g *Group) Go(f func() error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		if err := f(); err != nil {
			g.err = err
		}
	}()
}

// GoContext runs f with ctx.
func (g *Group) GoContext(ctx context.Context, f func(context.Context) error) {
	g.Go(func() error { return f(ctx) })
}
