package prompt

// CodeReview is the reply to the review prompt. Its JSON schema is made from
// this type and sent under the name code_review.
type CodeReview struct {
	Severity string  `json:"severity" jsonschema:"enum=critical,enum=warning,enum=info"`
	Issues   []Issue `json:"issues"`
	Summary  string  `json:"summary" jsonschema:"description=one sentence"`
}

// Issue is one problem in the code, as the model tells it.
type Issue struct {
	Line         int     `json:"line" jsonschema:"minimum=1,description=the number of the first line that is wrong"`
	EndLine      int     `json:"end_line" jsonschema:"minimum=1,description=the number of the last line that is wrong"`
	Quote        string  `json:"quote" jsonschema:"description=the exact source text of line without its number"`
	Type         string  `json:"type" jsonschema:"enum=security,enum=performance,enum=style,enum=bug"`
	Severity     string  `json:"severity" jsonschema:"enum=critical,enum=warning,enum=info"`
	Message      string  `json:"message" jsonschema:"description=one sentence"`
	Explanation  string  `json:"explanation" jsonschema:"description=why it is wrong and what follows from it; in markdown"`
	SuggestedFix string  `json:"suggested_fix" jsonschema:"description=the text that replaces line to end_line; empty: none"`
	Confidence   float64 `json:"confidence" jsonschema:"minimum=0,maximum=1"`
}

// Verdicts is the reply to the verify prompt. Its JSON schema is made from this
// type and sent under the name verify.
type Verdicts struct {
	Verdicts []Verdict `json:"verdicts"`
}

// Verdict is what the second look says about one claim.
type Verdict struct {
	Index  int    `json:"index" jsonschema:"minimum=1,description=the index of the finding"`
	Keep   bool   `json:"keep" jsonschema:"description=the code that is shown proves it"`
	Reason string `json:"reason" jsonschema:"description=one short sentence"`
}
