package openai

// What the tests of single parts reach for.
var (
	RetryAfter = retryAfter
	Scrub      = scrub
)

// ParseProblem gives the four fields of an error object.
func ParseProblem(data []byte) (message, code, kind, param string, ok bool) {
	p, ok := parseProblem(data)
	return p.message, p.code, p.kind, p.param, ok
}

// Halves gives a function that joins what is cut between the halves of a
// character, event by event.
func Halves() func([]byte) []byte { return new(halves).join }
