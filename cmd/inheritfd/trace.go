package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
	"inheritfd/fixer"
)

func traceCommand() *cli.Command {
	return &cli.Command{
		Name:      "trace",
		Usage:     "show what the search for the address of one call looked at, and where it lost it",
		ArgsUsage: "file.go:line",
		Description: "The first answer to \"why is my address unknown\". For the calls in a line that listen, or do something to\n" +
			"the path of a socket, it prints what the search visited on the way back from the call, what it did not\n" +
			"follow and why, and where it ended. The first run on a module analyses it; further ones take seconds.",
		Flags: append(moduleFlags(), &cli.BoolFlag{Name: "json", Usage: "print one JSON document"}),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.Args().Len() != 1 {
				return &fixer.UsageError{Msg: "trace: which call? For example: inheritfd trace server/listen.go:40"}
			}
			o, err := options(cmd)
			if err != nil {
				return err
			}
			o.Patterns = nil
			p := newProgress(cmd.Root().ErrWriter)
			o.Progress, o.Step = p.packages(), p.step()
			defer p.clear()
			r, traces, err := fixer.Explain(ctx, o, cmd.Args().First())
			if err != nil {
				return err
			}
			p.clear()
			w := cmd.Root().Writer
			if cmd.Bool("json") {
				if err := printTracesJSON(w, r, traces); err != nil {
					return err
				}
			} else if err := printSearches(w, r, traces); err != nil {
				return err
			}
			if len(r.Errors) > 0 {
				return fmt.Errorf("the trace is not complete; fix this first:\n\t%s", strings.Join(r.Errors, "\n\t"))
			}
			return nil
		},
	}
}

// printSearches prints traces, one after the other.
func printSearches(w io.Writer, r *fixer.Report, traces []fixer.Trace) error {
	for i, t := range traces {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := printTrace(w, r, t); err != nil {
			return err
		}
	}
	return nil
}

// printTrace prints what a search looked at as a tree that grows away from the
// call.
func printTrace(out io.Writer, r *fixer.Report, t fixer.Trace) error {
	tw := tabwriter.NewWriter(&trimmer{w: printable{out}}, 0, 0, 2, ' ', 0)
	what := "address"
	if t.Part == model.Network {
		what = "network"
	}
	by := "in its package alone: no program of the module reaches the call"
	if t.Main != "" {
		by = "in program " + r.Folder(t.Main)
	}
	fmt.Fprintf(tw, "%s at %s: its %s, %s\n", flow.Short(t.Callee), r.At(t.Pos), what, by)
	children := make(map[int][]int)
	for i, l := range t.Looks {
		children[l.Toward] = append(children[l.Toward], i)
	}
	var grow func(of, depth int)
	grow = func(of, depth int) {
		for _, i := range children[of] {
			printLook(tw, r, t.Looks[i], depth)
			grow(i, depth+1)
		}
	}
	grow(0, 1)
	printEnds(tw, r, t.Looks[0], 1)
	return tw.Flush()
}

// printLook prints one place.
func printLook(w io.Writer, r *fixer.Report, l flow.Look, depth int) {
	indent := strings.Repeat("  ", depth)
	text := l.Place
	if l.Part != model.Whole && l.Part != model.Network {
		text += ", the " + l.Part.String()
	}
	if l.How != "" && !strings.HasSuffix(l.How, l.Place) {
		text += ": " + l.How
	}
	if l.Dropped != "" {
		fmt.Fprintf(w, "%s× %s: not followed: %s\t%s\n", indent, text, l.Dropped, where(r, l.Pos))
		return
	}
	fmt.Fprintf(w, "%s← %s\t%s\n", indent, text, where(r, l.Pos))
	printEnds(w, r, l, depth+1)
}

// printEnds prints the origins that the search found at a place.
func printEnds(w io.Writer, r *fixer.Report, l flow.Look, depth int) {
	for _, o := range l.Ends {
		mark := "="
		if o.Kind == flow.FromUnknown || o.Kind == flow.FromParam {
			mark = "lost:"
		}
		fmt.Fprintf(w, "%s%s %s\t%s\n", strings.Repeat("  ", depth), mark, o, where(r, l.Pos))
	}
}

func where(r *fixer.Report, at flow.Pos) string {
	if !at.IsValid() {
		return ""
	}
	return r.At(at)
}

type tracesJSON struct {
	Version int         `json:"version"` // 1
	Traces  []traceJSON `json:"traces"`
	Errors  []string    `json:"errors,omitempty"`
}

type traceJSON struct {
	File    string     `json:"file"`
	Line    int        `json:"line"`
	Col     int        `json:"col"`
	Callee  string     `json:"callee"`
	Part    string     `json:"part"`
	Program string     `json:"program"` // folder; "" for what the package alone shows
	Looks   []lookJSON `json:"looks"`
}

type lookJSON struct {
	Toward  int       `json:"toward"` // number of the look that is nearer to the call, -1 for the call
	Place   string    `json:"place"`
	Part    string    `json:"part"`
	How     string    `json:"how,omitempty"`
	File    string    `json:"file,omitempty"`
	Line    int       `json:"line,omitempty"`
	Col     int       `json:"col,omitempty"`
	Dropped string    `json:"dropped,omitempty"`
	Ends    []endJSON `json:"ends,omitempty"`
}

type endJSON struct {
	Kind flow.OriginKind `json:"kind"`
	What string          `json:"what"`
}

func printTracesJSON(w io.Writer, r *fixer.Report, traces []fixer.Trace) error {
	doc := tracesJSON{Version: 1, Traces: []traceJSON{}, Errors: r.Errors}
	for _, t := range traces {
		tj := traceJSON{File: r.Path(t.Pos), Line: t.Pos.Line, Col: t.Pos.Col, Callee: t.Callee, Part: t.Part.String(), Looks: []lookJSON{}}
		if t.Main != "" {
			tj.Program = r.Folder(t.Main)
		}
		for _, l := range t.Looks {
			j := lookJSON{Toward: l.Toward, Place: l.Place, Part: l.Part.String(), How: l.How, Dropped: l.Dropped}
			if l.Pos.IsValid() {
				j.File, j.Line, j.Col = r.Path(l.Pos), l.Pos.Line, l.Pos.Col
			}
			for _, o := range l.Ends {
				j.Ends = append(j.Ends, endJSON{o.Kind, o.String()})
			}
			tj.Looks = append(tj.Looks, j)
		}
		doc.Traces = append(doc.Traces, tj)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}
