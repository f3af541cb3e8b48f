package syntax

import "strings"

// aliases are the names that editors have for a language beside ours. Those
// that only add a mode's ending are not listed.
var aliases = map[string]string{
	"golang": "go", "go.mod": "gomod",
	"py": "python", "python3": "python", "python2": "python",
	"js": "javascript", "jsx": "javascript", "javascriptreact": "javascript", "javascript.jsx": "javascript",
	"mjs": "javascript", "cjs": "javascript", "js2": "javascript", "js3": "javascript", "js-jsx": "javascript",
	"rjsx": "javascript", "javascript-jsx": "javascript", "node": "javascript",
	"ts": "typescript", "mts": "typescript", "cts": "typescript",
	"typescriptreact": "tsx", "typescript.tsx": "tsx", "typescript-tsx": "tsx",
	"c++": "cpp", "cc": "cpp", "cxx": "cpp", "c-or-c++": "cpp", "cuda-cpp": "cpp", "arduino": "cpp",
	"rs": "rust",
	"cs": "csharp", "c-sharp": "csharp", "c_sharp": "csharp", "c#": "csharp",
	"rb": "ruby", "enh-ruby": "ruby",
	"php3": "php", "php5": "php",
	"sh": "bash", "shellscript": "bash", "shell": "bash", "shell-script": "bash", "ksh": "bash",
	"yml": "yaml", "md": "markdown",
	"kt": "kotlin", "ex": "elixir",
}

// Language is the one name that this program has for the language that an
// editor calls id: editors differ ("typescriptreact" and "tsx", "shellscript"
// and "sh"). An unknown id is returned as it is, in lower case.
func Language(id string) string {
	id = strings.ToLower(strings.TrimSpace(id))
	for _, name := range []string{id, strings.TrimSuffix(strings.TrimSuffix(id, "-mode"), "-ts")} {
		if known, ok := aliases[name]; ok {
			return known
		}
		if _, ok := languages[name]; ok {
			return name
		}
	}
	return id
}
