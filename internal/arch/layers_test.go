package arch_test

// module is the path that all our imports begin with.
const module = "github.com/ai-lsp/ai-lsp/"

// layers ranks every package of the repository, the highest first. A package
// imports only from the layers under its own, so packages that share a layer
// do not know each other.
var layers = [][]string{
	{"cmd/ai-lsp"}, // wires everything
	{"editors/e2e"},
	{"internal/demo"},
	{"internal/editor"},
	{"server"},
	{"handlers"},
	{"server/lsp"},
	{"server/rpc"},
	{"internal/bench/replay"},
	{"review"},
	{"review/syntax"},
	{"llm/chain"}, // writes the order of the links down, so it knows them all
	{"llm/openai", "llm/prompt", "llm/guard", "llm/cache"},
	{"llm/stream", "llm/store"},
	{"llm", "internal/git"},
	{"server/text", "internal/settings", "internal/arch"}, // leaves: know nothing of ours
}

// testSupport is what any test may import, whatever its layer: an editor to
// drive the server with, and the scripted model.
var testSupport = []string{"internal/editor", "internal/demo"}

// fence keeps an import out where the order of the layers alone would let it
// in. A path stands for itself and all that lies under it; those of our own
// module are written without its name.
type fence struct {
	in     string // the packages it holds for; empty: all of them
	except string // the packages under in that it does not hold for
	never  string // what they must not import
	tests  bool   // whether it holds for their tests too
	why    string // completes "… must not import …:"
}

var fences = []fence{
	{never: "github.com/tliron/glsp/server", tests: true, why: "it handles one message at a time; the transport is server/rpc"},

	{in: "review", never: "github.com/tliron/glsp", tests: true, why: "a review knows nothing of LSP"},
	{in: "review", never: "net/http", why: "only the model's side talks HTTP"},
	{in: "review", never: "llm/openai", why: "a review asks any llm.Model"},
	{in: "review", never: "llm/chain", why: "which links there are is decided in cmd"},
	{in: "review", never: "llm/store", why: "a review asks any Cache"},
	{in: "review", never: "llm/cache", why: "a review asks any Cache"},
	{in: "review", never: "internal/git", why: "which lines matter is told to it"},
	{in: "review/syntax", never: "llm", why: "the shape of code says nothing of models"},

	{in: "handlers", never: "net/http", why: "only the model's side talks HTTP"},
	{in: "handlers", never: "llm/openai", why: "handlers ask the review"},
	{in: "handlers", never: "llm/chain", why: "which links there are is decided in cmd"},
	{in: "handlers", never: "llm/store", why: "where things are kept is decided in cmd"},
	{in: "handlers", never: "internal/git", why: "which lines changed is told to them"},
	{in: "internal/git", never: "review", why: "git knows lines of files, not what is done with them"},
	{in: "llm/store", never: "internal/settings", why: "a store is told where it is"},

	{in: "server", never: "net/http", why: "only the model's side talks HTTP"},
	{in: "server", never: "llm/openai", why: "the editor's side asks the review"},
	{in: "server/lsp", never: "review", why: "the protocol's words hold for any server"},
	{in: "server/lsp", never: "llm", why: "the protocol's words hold for any server"},
	{in: "server/rpc", never: "review", why: "the transport carries anything"},
	{in: "server/rpc", never: "llm", why: "the transport carries anything"},

	{in: "internal/editor", never: "handlers", why: "an editor sees messages only"},
	{in: "internal/editor", never: "review", why: "an editor sees messages only"},
	{in: "internal/editor", never: "server/rpc", why: "an editor sees messages only"},

	{in: "llm", never: "server", why: "the model's side knows no document and no editor"},
	{in: "llm", never: "github.com/tliron/glsp", tests: true, why: "the model's side knows no editor"},
	{in: "llm", except: "llm/openai", never: "github.com/sashabaranov/go-openai", why: "the wire stands behind llm.Model"},
}

// outside names what only cmd may touch: everything else gets its streams, its
// environment and its end handed in, so that tests, and a second server in one
// process, can hand in others.
var outside = map[string][]string{
	"os": {
		"Stdin", "Stdout", "Args", "Exit",
		"Getenv", "LookupEnv", "Environ", "ExpandEnv", "Setenv", "Unsetenv", "Clearenv",
	},
	"fmt": {"Print", "Printf", "Println"},
	"log": {"Fatal", "Fatalf", "Fatalln"},
}

// Bounds of what one reader can hold in the head. Files that are generated are
// free of them; tests are free of the second.
const (
	maxFileLines = 600
	maxFuncLines = 80
)
