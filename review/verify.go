package review

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/llm/stream"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Bounds on what one second look is asked about.
const (
	mostClaims    = 40 // findings; the most severe are chosen, the others stand unjudged
	linesAround   = 10 // on either side of a finding
	mostOfFinding = 60 // lines of one finding
)

// errNoVerdicts is a reply that can not be relied upon. It changes nothing.
var errNoVerdicts = errors.New("the second look gave no verdicts that can be relied upon")

// secondLook asks the model, in one call, which of its findings the code does
// not prove. The anchors of the findings are those in doc; with is the context
// that they were found with. rejected holds why,
// never empty, by index into findings; whatever is not in it stands. So does
// everything when the call fails: err is for the log.
func (r *Reviewer) secondLook(ctx context.Context, doc *text.Document, findings []Finding, with []syntax.Lines, interactive bool) (rejected map[int]string, calls int, err error) {
	chosen := gravest(findings, mostClaims)
	if len(chosen) == 0 {
		return nil, 0, nil
	}
	data := prompt.Data{Language: languageOf(doc)}
	for _, i := range chosen {
		with = append(with, around(doc, findings[i].Anchor))
		data.Claims = append(data.Claims, claimOf(findings[i]))
	}
	for _, l := range without(with, nil) {
		data.Parts = append(data.Parts, prompt.Part{First: l.First + 1, Lines: sourceLines(doc, l.First, l.Last)})
	}
	req, err := prompt.Verify().Request(data)
	if err != nil {
		return nil, 0, err
	}
	req.Interactive, req.Restartable = interactive, true
	reply, err := r.model.Complete(ctx, req, func(llm.Event) {}) // half a reply is of no use
	if err != nil {
		return nil, 1, fmt.Errorf("look at findings again: %w", err)
	}
	reasons, err := readVerdicts(reply.Text, len(chosen))
	rejected = make(map[int]string, len(reasons))
	for index, reason := range reasons {
		rejected[chosen[index-1]] = reason
	}
	return rejected, 1, err
}

// gravest is the indexes of the worst findings, at most n, in the order of the
// text.
func gravest(findings []Finding, n int) []int {
	chosen := make([]int, len(findings))
	for i := range chosen {
		chosen[i] = i
	}
	slices.SortStableFunc(chosen, func(a, b int) int { return worstFirst(findings[a], findings[b]) })
	chosen = chosen[:min(n, len(chosen))]
	slices.SortStableFunc(chosen, func(a, b int) int { return inOrder(findings[a], findings[b]) })
	return chosen
}

// around is a finding's lines and some on either side.
func around(doc *text.Document, at text.Anchor) syntax.Lines {
	last := min(at.Last(), at.First()+mostOfFinding-1) + linesAround
	return syntax.Lines{First: max(at.First()-linesAround, 0), Last: min(last, doc.LineCount()-1)}
}

func claimOf(f Finding) prompt.Claim {
	return prompt.Claim{
		First: f.Anchor.First() + 1, Last: f.Anchor.Last() + 1, Type: f.Type, Severity: f.Severity.String(),
		Message: f.Message, Explanation: f.Explanation,
	}
}

// readVerdicts is why findings are rejected, by their index from 1 to n. A
// finding that is also kept, or is rejected without a reason, is not among
// them. An index that was not given means that the model counts in another
// way, and then no index of its reply can be trusted.
func readVerdicts(reply string, n int) (map[int]string, error) {
	whole, repaired, err := stream.Whole(reply)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoVerdicts, err)
	}
	var list struct {
		Verdicts []json.RawMessage `json:"verdicts"`
	}
	if repaired && !endsWhole(reply) || json.Unmarshal(whole, &list) != nil || list.Verdicts == nil {
		return nil, errNoVerdicts
	}
	kept, reasons := map[int]bool{}, map[int]string{}
	for _, raw := range list.Verdicts {
		index, reason := readVerdict(raw)
		switch {
		case index < 1 || index > n:
			return nil, fmt.Errorf("%w: an index that was not given", errNoVerdicts)
		case reason == "":
			kept[index] = true
		case reasons[index] == "":
			reasons[index] = reason
		}
	}
	for index := range kept {
		delete(reasons, index)
	}
	return reasons, nil
}

// readVerdict reads one verdict; the reason is empty unless it rejects. Types
// are not relied on, since servers without strict schemas send what the model
// wrote. An index that can not be read is 0.
func readVerdict(raw json.RawMessage) (index int, reason string) {
	var in struct{ Index, Keep, Reason json.RawMessage }
	var number json.Number
	if json.Unmarshal(raw, &in) != nil || json.Unmarshal(in.Index, &number) != nil {
		return 0, ""
	}
	index = lineNumber(number)
	if string(bytes.TrimSpace(in.Keep)) != "false" || json.Unmarshal(in.Reason, &reason) != nil {
		return index, ""
	}
	return index, PlainLine(reason)
}
