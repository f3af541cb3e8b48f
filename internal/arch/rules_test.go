package arch_test

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A rule reads the tree and returns one sentence per fault.
type rule func(tree) []string

// packagesAreRanked wants each folder with Go files in the table, once, and no
// folder in the table that is gone.
func packagesAreRanked(t tree) []string {
	var faults []string
	seen := map[string]bool{}
	for _, layer := range layers {
		for _, pkg := range layer {
			if seen[pkg] {
				faults = append(faults, pkg+" stands twice in the table of layers")
			}
			seen[pkg] = true
			if len(t.files[pkg]) == 0 {
				faults = append(faults, pkg+" stands in the table of layers and is not in the tree")
			}
		}
	}
	for pkg := range t.files {
		if !seen[pkg] {
			faults = append(faults, pkg+" has no place in the table of layers: add it to internal/arch/layers_test.go")
		}
	}
	return faults
}

// importsPointDown wants each import of ours to go to a lower layer.
func importsPointDown(t tree) []string {
	return t.eachImport(func(pkg string, f *file, target string) string {
		if len(t.files[target]) == 0 || target == pkg {
			return "" // not ours, or the external test of a package importing it
		}
		if f.isTest && slices.Contains(testSupport, target) {
			return ""
		}
		from, fromOK := depth(pkg)
		to, toOK := depth(target)
		if !fromOK || !toOK || to > from {
			return "" // what is not ranked is a fault of its own
		}
		return "imports point downwards only"
	})
}

// fencesHold wants none of the imports that the fences keep out.
func fencesHold(t tree) []string {
	return t.eachImport(func(pkg string, f *file, target string) string {
		for _, fence := range fences {
			if f.isTest && !fence.tests || !fence.covers(pkg) || !isUnder(target, fence.never) {
				continue
			}
			return fence.why
		}
		return ""
	})
}

// onlyCmdTouchesTheOutside wants no use of the process's own streams,
// environment, arguments or exit in product code outside cmd. A program for
// figures is no product.
func onlyCmdTouchesTheOutside(t tree) []string {
	var faults []string
	for pkg, files := range t.files {
		for _, f := range files {
			if f.isTest || isUnder(pkg, "cmd") || isUnder(pkg, "internal/bench") && f.syntax.Name.Name == "main" {
				continue
			}
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				if from, name := f.imported(n); slices.Contains(outside[from], name) {
					faults = append(faults, fmt.Sprintf("%s uses %s.%s: only cmd may; take it as an argument", t.at(n), from, name))
				}
				return true
			})
		}
	}
	return faults
}

// nobodySleeps wants no time.Sleep outside a synctest bubble, where it passes
// time without spending any.
func nobodySleeps(t tree) []string {
	var faults []string
	for _, files := range t.files {
		bubbles := bubblesOf(files)
		for _, f := range files {
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				if f.isBubble(n, bubbles) {
					return false
				}
				if from, name := f.imported(n); from == "time" && name == "Sleep" {
					faults = append(faults, t.at(n)+" sleeps: wait for a state, or pass the time in a synctest bubble")
				}
				return true
			})
		}
	}
	return faults
}

// bubblesOf names the functions of a package that run another in a bubble.
func bubblesOf(files []*file) []string {
	var names []string
	for _, f := range files {
		for _, decl := range f.syntax.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || strings.HasPrefix(fn.Name.Name, "Test") {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if f.isBubble(n, nil) {
					names = append(names, fn.Name.Name)
				}
				return true
			})
		}
	}
	return names
}

// isBubble reports whether n calls synctest.Test, or one of the functions of
// this package that do.
func (f *file) isBubble(n ast.Node, names []string) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	if ident, ok := call.Fun.(*ast.Ident); ok {
		return slices.Contains(names, ident.Name)
	}
	from, name := f.imported(call.Fun)
	return from == "testing/synctest" && name == "Test"
}

// packagesAreDocumented wants a doc.go with a package comment beside any
// product code.
func packagesAreDocumented(t tree) []string {
	var faults []string
	for pkg, files := range t.files {
		isProduct := slices.ContainsFunc(files, func(f *file) bool { return !f.isTest })
		documented := slices.ContainsFunc(files, func(f *file) bool {
			return f.path == pkg+"/doc.go" && f.syntax.Doc != nil && strings.TrimSpace(f.syntax.Doc.Text()) != ""
		})
		if isProduct && !documented {
			faults = append(faults, pkg+" has no doc.go with a package comment: what it is for, what it must never know, where to start")
		}
	}
	return faults
}

// sizesAreBounded wants no file and no function of the product to outgrow the
// bounds.
func sizesAreBounded(t tree) []string {
	var faults []string
	for _, files := range t.files {
		for _, f := range files {
			if ast.IsGenerated(f.syntax) {
				continue
			}
			if f.lines > maxFileLines {
				faults = append(faults, fmt.Sprintf("%s has %d lines, more than %d", f.path, f.lines, maxFileLines))
			}
			if !f.isTest {
				faults = append(faults, t.longFuncs(f)...)
			}
		}
	}
	return faults
}

func (t tree) longFuncs(f *file) []string {
	var faults []string
	for _, decl := range f.syntax.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		lines := t.set.Position(fn.End()).Line - t.set.Position(fn.Pos()).Line + 1
		if lines > maxFuncLines {
			faults = append(faults, fmt.Sprintf("%s: %s has %d lines, more than %d", t.at(fn), fn.Name.Name, lines, maxFuncLines))
		}
	}
	return faults
}

// eachImport asks why an import is wrong, for every import of every file; an
// empty answer means that it is right.
func (t tree) eachImport(wrong func(pkg string, f *file, target string) string) []string {
	var faults []string
	for pkg, files := range t.files {
		for _, f := range files {
			for _, target := range f.imports() {
				if why := wrong(pkg, f, target); why != "" {
					faults = append(faults, fmt.Sprintf("%s must not import %s: %s", f.path, target, why))
				}
			}
		}
	}
	return faults
}

// at is the place of n for a person to go to.
func (t tree) at(n ast.Node) string {
	pos := t.set.Position(n.Pos())
	return pos.Filename + ":" + strconv.Itoa(pos.Line)
}

// imported tells which package a selector such as os.Exit reaches into, by its
// import path, and for which name; both are empty for any other node.
func (f *file) imported(n ast.Node) (from, name string) {
	selector, ok := n.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	left, ok := selector.X.(*ast.Ident)
	if !ok {
		return "", ""
	}
	for _, spec := range f.syntax.Imports {
		from := strings.Trim(spec.Path.Value, `"`)
		local := path.Base(from)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		if left.Name == local {
			return from, selector.Sel.Name
		}
	}
	return "", ""
}

func (f fence) covers(pkg string) bool {
	return (f.in == "" || isUnder(pkg, f.in)) && (f.except == "" || !isUnder(pkg, f.except))
}

// depth is how far down the table a package stands; 0 is the top.
func depth(pkg string) (int, bool) {
	i := slices.IndexFunc(layers, func(layer []string) bool { return slices.Contains(layer, pkg) })
	return i, i >= 0
}

// isUnder reports whether a path is the folder or lies in it.
func isUnder(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}
