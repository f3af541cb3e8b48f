package settings

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"text/template"
)

//go:embed settings.md.tmpl
var pageText string

// Markdown is the page docs/settings.md.
func Markdown() []byte {
	page := template.Must(template.New("settings.md").Funcs(template.FuncMap{
		"code": code, "allowed": Key.allowed, "workspace": Key.workspace,
	}).Parse(pageText))
	type section struct {
		Name, Doc string
		Keys      []Key
	}
	var sections []section
	for _, g := range groups {
		s := section{Name: g.name, Doc: g.doc}
		for _, key := range Describe() {
			if key.Group() == g.name {
				s.Keys = append(s.Keys, key)
			}
		}
		sections = append(sections, s)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, sections); err != nil {
		panic("settings: the page cannot be made: " + err.Error()) // a buffer takes all
	}
	return b.Bytes()
}

// code is text in a table's cell, as code.
func code(text string) string {
	if text == "" {
		return "empty"
	}
	return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
}

// allowed is the type and the range, for a reader.
func (k Key) allowed() string {
	if k.Enum != nil {
		words := make([]string, len(k.Enum))
		for i, w := range k.Enum {
			words[i] = code(w)
		}
		return strings.Join(words, ", ")
	}
	if f := byName[k.Name]; f.check == "url" {
		return "http or https address"
	} else if f.check == "store" {
		return "`sqlite:`, `sqlite:/path/of/a/file`"
	}
	form := map[Type]string{
		TypeString: "text", TypeInteger: "whole number", TypeNumber: "number", TypeDuration: "duration",
		TypeSize: "size", TypeList: "list of globs", TypeTable: "table of texts",
	}[k.Type]
	switch {
	case k.Min != "" && k.Max != "":
		return fmt.Sprintf("%s, %s to %s", form, k.Min, k.Max)
	case k.Min != "":
		return fmt.Sprintf("%s, at least %s", form, k.Min)
	}
	return form
}

// workspace is what a workspace's own file may do, for a reader.
func (k Key) workspace() string {
	switch k.Workspace {
	case NarrowList:
		return "may move it towards " + code(k.Enum[len(k.Enum)-1])
	case NarrowUp:
		return "may raise it"
	case NarrowDown:
		return "may lower it"
	case NarrowAdd:
		return "may add to it"
	case NarrowNot:
	}
	return "no"
}
