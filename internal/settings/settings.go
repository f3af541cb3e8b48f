package settings

// Settings is every setting that the program reads, and the one place where
// they are declared: layers, `ai-lsp settings`, docs/settings.md and the
// editors' manifests all follow from the tags below.
//
//	key      the name, spelled the same in every layer
//	default  the built-in value, in the text form of its type
//	enum     the allowed words; where narrow is "list", the widest first
//	min, max the allowed range, both ends included
//	check    a rule beyond the type: "url", "store", or "filled" for a text that must not be empty
//	narrow   how an untrusted workspace file may change it, as a [Narrowing]; without it, not at all
//	doc      one sentence for a reader of the documentation
//
// A field without a key is no setting.
//
// A Settings from [Live.Now] is shared by every goroutine: read it, do not
// write to it, nor to its maps and slices.
type Settings struct {
	Provider Provider `key:"provider" doc:"Which model answers, and how it is reached."`
	Review   Review   `key:"review" doc:"When code is reviewed, and which findings are shown."`
	Limits   Limits   `key:"limits" doc:"How much is asked at the same time."`
	Retry    Retry    `key:"retry" doc:"What happens after a call that failed."`
	Cache    Cache    `key:"cache" doc:"How long answers are kept, and how much of them."`
	Store    Store    `key:"store" doc:"Where answers and dismissals are kept."`
	Privacy  Privacy  `key:"privacy" doc:"What never leaves the machine."`
	Log      Log      `key:"log" doc:"What is written down about the program itself."`
}

// Provider says which model answers, and how it is reached.
type Provider struct {
	BaseURL          string           `key:"baseUrl" default:"https://api.openai.com/v1" check:"url" doc:"Address of the API, up to and without /chat/completions; any OpenAI-compatible server will do."`
	Model            string           `key:"model" default:"gpt-4.1-mini" check:"filled" doc:"Name of the model that is asked, as the server knows it."`
	Kind             Kind             `key:"kind" default:"openai" enum:"openai,azure" doc:"Which dialect the server speaks: OpenAI's, which most servers copy, or Azure's."`
	Timeout          Duration         `key:"timeout" default:"60s" min:"1ms" doc:"Longest silence of the server, before the answer begins and between two parts of it."`
	Headers          Headers          `key:"headers" default:"{}" doc:"HTTP headers that go with every request; their values are never shown."`
	TokensField      TokensField      `key:"tokensField" default:"auto" enum:"auto,max_tokens,max_completion_tokens" doc:"Field that carries the limit of an answer; auto learns it from the server's first refusal."`
	StructuredOutput StructuredOutput `key:"structuredOutput" default:"auto" enum:"auto,json_schema,json_object,off" doc:"How the form of an answer is asked for; auto begins with json_schema and steps down when the server refuses it."`
}

// Review says when code is reviewed, and which findings are shown.
type Review struct {
	On            Trigger `key:"on" default:"save" enum:"open,save,manual" narrow:"list" doc:"What starts a review: opening a file and saving it, saving it, or only a command."`
	Scope         Scope   `key:"scope" default:"changed" enum:"file,changed" narrow:"list" doc:"What a save asks about: all of the file, or the parts that differ from the last commit; a file that is in no commit counts as changed."`
	Verify        Verify  `key:"verify" default:"explicit" enum:"always,explicit,off" narrow:"list" doc:"When the model is asked, in one more call, to confirm or reject what a review has newly found: after every review, after one that a person has started, or never."`
	MinConfidence float64 `key:"minConfidence" default:"0.5" min:"0" max:"1" narrow:"up" doc:"Findings of which the model is less sure than this are not shown."`
	MaxFindings   int     `key:"maxFindings" default:"20" min:"1" narrow:"down" doc:"Most findings that are shown in one file."`
	MaxFileSize   Size    `key:"maxFileSize" default:"512KiB" min:"1" narrow:"down" doc:"Files larger than this are not reviewed."`
}

// Limits says how much is asked at the same time.
type Limits struct {
	Concurrency int `key:"concurrency" default:"4" min:"1" doc:"Most calls to the model that are under way at once."`
}

// Retry says what happens after a call that failed.
type Retry struct {
	MaxAttempts int      `key:"maxAttempts" default:"5" min:"1" doc:"Most attempts for one call, the first one included."`
	BaseDelay   Duration `key:"baseDelay" default:"1s" min:"0s" doc:"Upper bound of the random pause after the first failed attempt; it doubles with each further one."`
	MaxDelay    Duration `key:"maxDelay" default:"32s" min:"0s" doc:"Upper bound of any such pause; what a server asks for with Retry-After is not bounded by it."`
}

// Cache says how long answers are kept, and how much of them.
type Cache struct {
	ReviewTTL  Duration `key:"ttl.review" default:"720h" min:"0s" doc:"How long what was found in a piece of code counts; 0s: it is asked about anew each time."`
	ExplainTTL Duration `key:"ttl.explain" default:"720h" min:"0s" doc:"How long an explanation counts; 0s: it is asked for anew each time."`
	Memory     Size     `key:"memory" default:"64MiB" min:"0" doc:"Most memory for answers that were used lately; 0: they are read from the store each time."`
	Disk       Size     `key:"disk" default:"256MiB" min:"1048576" doc:"Most that kept answers take in the store; what was not used for longest goes first."`
}

// Store says where answers and dismissals are kept.
type Store struct {
	URL string `key:"url" default:"sqlite:" check:"store" doc:"A file for one person, shared by all windows: sqlite: and its path, or sqlite: alone for store.db in the XDG state folder."`
}

// Privacy says what never leaves the machine.
type Privacy struct {
	Exclude []string `key:"exclude" default:"[]" narrow:"add" doc:"Globs of files that are never sent; those of all layers add up."`

	// Unknown says why files may be excluded beyond Exclude, so that nothing
	// may be sent; empty: Exclude is all. It is a phrase for the user, and no
	// setting.
	Unknown string
}

// Log says what is written down about the program itself.
type Log struct {
	Level Level  `key:"level" default:"info" enum:"debug,info,warn,error" doc:"Least important kind of entry that is logged."`
	File  string `key:"file" default:"" doc:"File that the log is written to; empty for standard error."`
}

// Headers are HTTP headers by name. The values may be keys, so they are secret.
type Headers map[string]Secret

// Kind is the dialect of the API.
type Kind string

// The kinds of provider.
const (
	KindOpenAI Kind = "openai"
	KindAzure  Kind = "azure"
)

// TokensField names the request field that limits an answer.
type TokensField string

// The fields that servers know; TokensAuto is to be learnt.
const (
	TokensAuto          TokensField = "auto"
	TokensMax           TokensField = "max_tokens"
	TokensMaxCompletion TokensField = "max_completion_tokens"
)

// StructuredOutput says how the form of an answer is asked for.
type StructuredOutput string

// The ways to ask, from strict to trusting; StructuredAuto is to be learnt.
const (
	StructuredAuto   StructuredOutput = "auto"
	StructuredSchema StructuredOutput = "json_schema"
	StructuredObject StructuredOutput = "json_object"
	StructuredOff    StructuredOutput = "off"
)

// Trigger is what starts a review.
type Trigger string

// The triggers, from many reviews to few.
const (
	OnOpen   Trigger = "open" // and on save
	OnSave   Trigger = "save"
	OnManual Trigger = "manual"
)

// Scope is what a save asks about.
type Scope string

// The scopes, from much to little.
const (
	ScopeFile    Scope = "file"
	ScopeChanged Scope = "changed"
)

// Verify says when findings get a second look.
type Verify string

// The times for a second look, from many calls to none.
const (
	VerifyAlways   Verify = "always"
	VerifyExplicit Verify = "explicit" // after what a person has started
	VerifyOff      Verify = "off"
)

// Level is the least important kind of log entry that is written.
type Level string

// The levels, from chatty to quiet.
const (
	LevelDebug Level = "debug"
	LevelInfo  Level = "info"
	LevelWarn  Level = "warn"
	LevelError Level = "error"
)
