package review

import "strings"

// notation is how a language writes comments, and what could be taken for them.
type notation struct {
	marks       []string  // of comments up to the end of the line; letters in either case
	atStart     bool      // those count only at the start of a command
	stretches   []stretch // comments, and texts that may go over several lines
	quotes      string    // around texts that end on their line
	expressions bool      // slashes are quotes too, where no division can be
	documents   bool      // << announces a text from the next line on

	notable [256]bool // bytes that any of these may begin with
}

// What several languages share.
var (
	blockComment  = stretch{begin: "/*", end: "*/", comment: true}
	markupComment = stretch{begin: "<!--", end: "-->", comment: true}
	parenComment  = stretch{begin: "(*", end: "*)", comment: true}
	backticks     = stretch{begin: "`", end: "`", escapes: true}
	rawBackticks  = stretch{begin: "`", end: "`"}
	tripleQuotes  = stretch{begin: `"""`, end: `"""`, escapes: true}
	tripleSingles = stretch{begin: "'''", end: "'''", escapes: true}
	brackets      = stretch{begin: "[[", end: "]]"}
)

// notations lists languages by their names in [syntax.Language], each row with
// what they share. More specific stretches come first.
var notations = byName(map[string]notation{
	"go gomod": {marks: []string{"//"}, stretches: []stretch{blockComment, rawBackticks}, quotes: `"'`},
	"javascript typescript tsx": {
		marks: []string{"//"}, stretches: []stretch{blockComment, backticks}, quotes: `"'`, expressions: true,
	},
	"rust": {
		marks: []string{"//"}, quotes: `"`,
		stretches: []stretch{blockComment, {begin: `r##"`, end: `"##`}, {begin: `r#"`, end: `"#`}, {begin: `r"`, end: `"`}},
	},
	"c cpp objective-c objective-cpp objc": {
		marks: []string{"//"}, stretches: []stretch{blockComment, {begin: `R"(`, end: `)"`}}, quotes: `"'`,
	},
	"csharp": {marks: []string{"//"}, stretches: []stretch{blockComment, tripleQuotes, {begin: `@"`, end: `"`}}, quotes: `"'`},
	"java kotlin scala swift groovy dart": {
		marks: []string{"//"}, stretches: []stretch{blockComment, tripleQuotes, tripleSingles}, quotes: `"'`,
	},
	"fsharp":            {marks: []string{"//"}, stretches: []stretch{parenComment, tripleQuotes}, quotes: `"`},
	"php":               {marks: []string{"//", "#"}, stretches: []stretch{blockComment}, quotes: `"'`, documents: true},
	"python mojo":       {marks: []string{"#"}, stretches: []stretch{tripleQuotes, tripleSingles}, quotes: `"'`},
	"ruby perl":         {marks: []string{"#"}, stretches: []stretch{{begin: "=begin", end: "=end", comment: true}}, quotes: `"'`, documents: true},
	"bash fish zsh":     {marks: []string{"#"}, quotes: `"'`, documents: true},
	"elixir toml":       {marks: []string{"#"}, stretches: []stretch{tripleQuotes, tripleSingles}, quotes: `"'`},
	"julia":             {marks: []string{"#"}, stretches: []stretch{{begin: "#=", end: "=#", comment: true}, tripleQuotes}, quotes: `"`},
	"powershell":        {marks: []string{"#"}, stretches: []stretch{{begin: "<#", end: "#>", comment: true}}, quotes: `"'`},
	"coffeescript":      {marks: []string{"#"}, stretches: []stretch{{begin: "###", end: "###", comment: true}}, quotes: `"'`},
	"terraform hcl nix": {marks: []string{"#", "//"}, stretches: []stretch{blockComment}, quotes: `"`, documents: true},
	"yaml r makefile dockerfile nim gdscript crystal cmake awk graphql starlark bazel just tcl gitignore conf": {
		marks: []string{"#"}, quotes: `"'`,
	},
	"sql mysql plsql pgsql": {marks: []string{"--", "#"}, stretches: []stretch{blockComment}, quotes: `"'`},
	"lua luau": {
		marks: []string{"--"}, stretches: []stretch{{begin: "--[[", end: "]]", comment: true}, brackets}, quotes: `"'`,
	},
	"haskell elm purescript lhaskell": {marks: []string{"--"}, stretches: []stretch{{begin: "{-", end: "-}", comment: true}}, quotes: `"`},
	"ada vhdl applescript":            {marks: []string{"--"}, quotes: `"`},
	"lisp commonlisp common-lisp elisp emacs-lisp emacslisp scheme racket clojure fennel": {
		marks: []string{";"}, stretches: []stretch{{begin: "#|", end: "|#", comment: true}}, quotes: `"`,
	},
	"ocaml sml pascal delphi": {
		marks: []string{"//"}, stretches: []stretch{parenComment, {begin: "{", end: "}", comment: true}}, quotes: `"'`,
	},
	"tex latex bibtex plaintex context":  {marks: []string{"%"}},
	"erlang":                             {marks: []string{"%"}, quotes: `"`},
	"prolog":                             {marks: []string{"%"}, stretches: []stretch{blockComment}, quotes: `"`},
	"matlab octave":                      {marks: []string{"%", "#"}, quotes: `"`},
	"fortran fortran-modern":             {marks: []string{"!"}, quotes: `"'`},
	"vb vba vbnet":                       {marks: []string{"'", "REM"}, quotes: `"`},
	"vim viml":                           {marks: []string{`"`, "#"}, quotes: "'"},
	"bat batch dosbatch cmd":             {marks: []string{"REM", "::"}, atStart: true},
	"ini dosini properties editorconfig": {marks: []string{";", "#"}},
	"asm assembly nasm gas":              {marks: []string{";", "#", "//"}, stretches: []stretch{blockComment}, quotes: `"`},
	"css":                                {stretches: []stretch{blockComment}, quotes: `"'`},
	"xml xsl svg markdown dita":          {stretches: []stretch{markupComment}},
	"html vue svelte astro markdownx mdx erb eruby ejs handlebars jinja htmldjango django-html razor blade twig": {
		marks: []string{"//"},
		stretches: []stretch{
			markupComment, blockComment,
			{begin: "{{!--", end: "--}}", comment: true},
			{begin: "{{--", end: "--}}", comment: true},
			{begin: "{#", end: "#}", comment: true},
			{begin: "<%--", end: "--%>", comment: true},
			{begin: "<%#", end: "%>", comment: true},
			{begin: "@*", end: "*@", comment: true},
		},
	},
})

// likeC is how any language is read that is not listed and has a name; most
// that were made since are like it.
var likeC = noted(notation{marks: []string{"//"}, stretches: []stretch{blockComment}, quotes: `"'`})

// unknown is how a text is read of which nobody says what it is.
var unknown = noted(notation{marks: []string{"//", "#", "--", ";", "%"}, stretches: []stretch{blockComment, markupComment}})

func notationOf(language string) *notation {
	if known, ok := notations[language]; ok {
		return known
	}
	if language == "" || language == "plaintext" || language == "text" {
		return unknown
	}
	return likeC
}

// byName gives each name of a row its entry.
func byName(rows map[string]notation) map[string]*notation {
	names := map[string]*notation{}
	for row, shared := range rows {
		entry := noted(shared)
		for name := range strings.FieldsSeq(row) {
			names[name] = entry
		}
	}
	return names
}

// noted notes the bytes that a reader has to look at.
func noted(n notation) *notation {
	begin := func(s string) { n.notable[s[0]] = true }
	for _, mark := range n.marks {
		begin(strings.ToLower(mark))
		begin(strings.ToUpper(mark))
	}
	for _, s := range n.stretches {
		begin(s.begin)
	}
	for _, c := range []byte(n.quotes + "'/<") { // also a character, an expression, a document
		n.notable[c] = true
	}
	return &n
}
