package analyzer

import (
	_ "embed"
	"encoding/json"
	"path"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"inheritfd/analyzer/extract"
	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
	"inheritfd/analyzer/program"
)

//go:embed doc.go
var doc string

// Analyzer is the inheritfd analysis with the built-in model. It runs under
// every go/analysis driver and its result, of type *program.Package, holds what
// it found in one package; nil for most, which have nothing to do with
// listening. Its flags set the model and the helper for this Analyzer alone.
var Analyzer = New(nil)

// New returns the analysis with a model of its own, so that a process can run
// several; nil is the built-in model.
func New(m *model.Model) *analysis.Analyzer {
	s := &settings{model: m}
	a := &analysis.Analyzer{
		Name:       "inheritfd",
		Doc:        extractDoc(doc),
		Run:        s.run,
		FactTypes:  []analysis.Fact{new(flow.Flows)},
		ResultType: reflect.TypeFor[*program.Package](),
	}
	a.Flags.StringVar(&s.helper, "helper", "", "import path of the helper `package` (default internal/inherit of the module)")
	a.Flags.Func("model", "JSON `file` with rows of your own, for frameworks and configuration libraries that inheritfd does not know (see analyzer/model/APIS.md); what follows a # is ignored, and tells go vet that the file changed", s.load)
	a.Flags.BoolVar(&s.sites, "sites", false, "report what was found in each package as JSON instead of diagnostics, as inheritfd check does")
	a.Flags.BoolVar(&s.graph, "graph", false, "with -sites, report too what is known of the flows into them, as inheritfd trace does")
	return a
}

// settings are what the flags of an Analyzer say.
type settings struct {
	model  *model.Model // nil for the built-in one
	helper string
	sites  bool
	graph  bool
}

// load adds the rows in a file.
func (s *settings) load(file string) (err error) {
	s.model, err = s.rows().Load(file)
	return err
}

// rows returns the model. It is built when it is first needed: most processes
// of a program that has the Analyzer do not run it.
func (s *settings) rows() *model.Model {
	if s.model == nil {
		return model.Default()
	}
	return s.model
}

// SitesCategory is the category of the diagnostic that carries what was found in
// a package as JSON when the flag -sites is given.
const SitesCategory = "sites"

// extractDoc cuts the user documentation out of the package comment: what
// stands below "# Analyzer inheritfd".
func extractDoc(src string) string {
	_, text, _ := strings.Cut(src, "// # Analyzer inheritfd\n//\n// inheritfd: ")
	text, _, _ = strings.Cut(text, "\npackage ")
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n// ", "\n"), "\n//", "\n")
}

// run analyses one package.
func (s *settings) run(pass *analysis.Pass) (any, error) {
	none := (*program.Package)(nil)
	m := s.rows()
	if s.helper != "" {
		m = m.WithHelper(s.helper)
	}
	x := extract.Analyze(pass, m)
	if fact := x.Fact(); fact != nil {
		pass.ExportPackageFact(fact)
	}
	f := newFinder(pass, x, s.helperPath(pass))
	found := &program.Package{
		Path: pass.Pkg.Path(), Name: pass.Pkg.Name(), Module: f.module(),
		Speaks: extract.SpeaksActivation(pass, m), OfFamily: extract.OfFamily(pass, m),
	}
	tells := found.Speaks || found.OfFamily.IsValid() || found.Name == "main" // of which is told that it was looked at
	if !tells && (x == nil || len(x.Sites)+len(x.Effects) == 0) {
		return none, nil
	}
	if x == nil {
		return s.result(pass, found, nil)
	}
	f.find(found)
	if !s.sites {
		f.report(found)
	}
	return s.result(pass, found, x.Graph)
}

// result returns what a package shows, and reports it as JSON where that is asked
// for.
func (s *settings) result(pass *analysis.Pass, p *program.Package, g *flow.Graph) (*program.Package, error) {
	if !s.sites {
		return p, nil
	}
	return p, s.reportJSON(pass, p, g)
}

// helperPath returns the import path of the helper for a pass; "" when the
// driver does not say what module the package is of.
func (s *settings) helperPath(pass *analysis.Pass) string {
	switch {
	case s.helper != "":
		return s.helper
	case pass.Module != nil && pass.Module.Path != "":
		return path.Join(pass.Module.Path, "internal/inherit")
	}
	return ""
}

// A Sites is what the diagnostic of category SitesCategory carries.
type Sites struct {
	*program.Package
	// Graph is the form on disk of what is known of the flows into the sites that
	// the package sees, if the flag -graph is given.
	Graph []byte `json:"graph,omitempty"`
}

// reportJSON reports what was found as one diagnostic.
func (s *settings) reportJSON(pass *analysis.Pass, p *program.Package, g *flow.Graph) error {
	out := Sites{Package: p}
	if s.graph && g != nil {
		var err error
		if out.Graph, err = g.Flows().GobEncode(); err != nil {
			return err
		}
	}
	data, err := json.Marshal(out)
	if err != nil {
		return err
	}
	pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Category: SitesCategory, Message: string(data)})
	return nil
}
