package demo

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm/prompt"
)

// rule is one thing that the script "sees" in a line.
type rule struct {
	pattern     *regexp.Regexp
	kind        string
	severity    string
	message     string // with the pattern's groups, as $1
	explanation string
	fix         string // the new line; empty: none
	confidence  float64
}

// rules know the sample, and enough else to try an editor with any file.
var rules = []rule{
	{
		pattern: regexp.MustCompile(`^(\s*for .*;\s*\w+\s*)<=(\s*len\((\w+)\).*)$`),
		kind:    "bug", severity: "warning", confidence: 0.97,
		message:     "The loop runs one step past the end of $3.",
		explanation: "Indexes run from 0 to `len($3)-1`. In the last step the index is `len($3)`, and reading `$3` there panics.",
		fix:         "$1<$2",
	},
	{
		pattern: regexp.MustCompile(`^(.*;\s*\w+\s*)<=(\s*(\w+)\.length\b.*)$`),
		kind:    "bug", severity: "warning", confidence: 0.96,
		message:     "The loop runs one step past the end of $3.",
		explanation: "Indexes run from 0 to `$3.length - 1`; what is read in the last step is `undefined`.",
		fix:         "$1<$2",
	},
	{
		pattern: regexp.MustCompile(`^(.*"(?:SELECT|INSERT|UPDATE|DELETE)\b[^"]*)'"\s*\+\s*(\w+)\s*\+\s*"'"\)(.*)$`),
		kind:    "security", severity: "critical", confidence: 0.98,
		message:     "The value of $2 is pasted into the SQL text, so a caller can inject SQL.",
		explanation: "A value such as `' OR '1'='1` changes the meaning of the query. A bound parameter is sent apart from the text and can not.",
		fix:         `$1?", $2)$3`,
	},
	{
		pattern: regexp.MustCompile(`^\s*(\w+)\s*\+=\s*fmt\.Sprintf\(.*$`),
		kind:    "performance", severity: "info", confidence: 0.8,
		message:     "Each step copies all of $1 again.",
		explanation: "Strings do not grow in place, so the work is quadratic in the number of steps. A `strings.Builder` writes each part once.",
	},
	{
		pattern: regexp.MustCompile(`(?i)^.*\b(password|secret|api_?key|token)\s*(?::=|=|:)\s*["'][^"']+["'].*$`),
		kind:    "security", severity: "critical", confidence: 0.9,
		message:     "A $1 stands in the source.",
		explanation: "Whoever can read the repository can read it, for as long as its history is kept.",
	},
	{
		pattern: regexp.MustCompile(`^(\s*)except:\s*$`),
		kind:    "bug", severity: "warning", confidence: 0.85,
		message:     "A bare except also catches KeyboardInterrupt and SystemExit.",
		explanation: "The program can then not be stopped while it is in here.",
		fix:         "${1}except Exception:",
	},
}

// listedLine matches a line of a prompt's listing.
var listedLine = regexp.MustCompile(`(?m)^ *(\d+)\| (.*)$`)

// listedClaim matches a finding that a prompt asks about again.
var listedClaim = regexp.MustCompile(`(?m)^\{"index":(\d+),`)

// reviewOf is the scripted review of the code in a prompt's last turn. Nothing
// is said of lines that are there as context.
func reviewOf(turn string) string {
	reply := prompt.CodeReview{Severity: "info", Issues: []prompt.Issue{}}
	context := false
	for row := range strings.SplitSeq(turn, "\n") {
		if row == "[context]" || row == "[review]" {
			context = row == "[context]"
		}
		m := listedLine.FindStringSubmatch(row)
		if m == nil || context {
			continue
		}
		number, err := strconv.Atoi(m[1])
		if err != nil {
			continue
		}
		for _, r := range rules {
			if at := r.pattern.FindStringSubmatchIndex(m[2]); at != nil {
				reply.Issues = append(reply.Issues, r.issue(number, m[2], at))
				break
			}
		}
	}
	reply.Summary = fmt.Sprintf("%d lines deserve a second look.", len(reply.Issues))
	for _, issue := range reply.Issues {
		if issue.Severity == "critical" || reply.Severity == "info" {
			reply.Severity = issue.Severity
		}
	}
	return jsonOf(reply)
}

// verdictsOn is the scripted second look at the findings in a prompt's last
// turn: it keeps them all.
func verdictsOn(turn string) string {
	reply := prompt.Verdicts{Verdicts: []prompt.Verdict{}}
	for _, m := range listedClaim.FindAllStringSubmatch(turn, -1) {
		if index, err := strconv.Atoi(m[1]); err == nil {
			reply.Verdicts = append(reply.Verdicts, prompt.Verdict{Index: index, Keep: true, Reason: "The script stands by what it said."})
		}
	}
	return jsonOf(reply)
}

func jsonOf(reply any) string {
	text, err := json.Marshal(reply)
	if err != nil {
		return "{}" // plain strings and numbers can not fail
	}
	return string(text)
}

func (r rule) issue(number int, line string, at []int) prompt.Issue {
	expand := func(template string) string {
		return string(r.pattern.ExpandString(nil, template, line, at))
	}
	return prompt.Issue{
		Line: number, EndLine: number, Quote: line, Type: r.kind, Severity: r.severity,
		Message: expand(r.message), Explanation: expand(r.explanation), SuggestedFix: expand(r.fix), Confidence: r.confidence,
	}
}

// explanationOf is the scripted explanation of the code in a prompt's last turn.
func explanationOf(turn string) string {
	lines := len(listedLine.FindAllString(turn, -1))
	return fmt.Sprintf("This answer is **scripted**: no model has read the %d lines that were sent. "+
		"A real one would say first what the code is for. Then it would tell how it works, step by step! "+
		"Would it also say what can go wrong? It would.\n\n"+
		"Point the server at a model and ask again.\n", lines)
}

// answerTo chooses by what the prompt asks for.
func answerTo(messages []struct{ Role, Content string }) string {
	if len(messages) == 0 {
		return ""
	}
	turn := messages[len(messages)-1].Content
	switch system := messages[0].Content; {
	case strings.Contains(system, `"suggested_fix"`):
		return reviewOf(turn)
	case strings.Contains(system, `"verdicts"`):
		return verdictsOn(turn)
	}
	return explanationOf(turn)
}
