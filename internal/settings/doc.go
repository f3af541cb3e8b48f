// Package settings holds every setting of the program: where it is declared,
// which of several sources decides, and what is wrong with what was written.
//
// One struct, [Settings], declares them all. The layers, the listing, the page
// docs/settings.md and the editors' manifests follow from its tags, so that a
// new setting is one new field.
//
// The layers, later over earlier: defaults, the user's config.toml, the
// .ai-lsp.toml of each workspace folder, environment, editor, flags. The
// workspace's file arrives with somebody's code and is not trusted: it may
// only narrow what the layers before it say. What a person sets in the layers
// after it outranks it, as it outranks the person's own file, with one
// exception: globs in privacy.exclude of all layers add up, so that what any
// layer keeps at home stays home.
//
// Layering is a map of ours from setting to value for each source, not koanf:
// the narrowing needs both sides of each merge, `ai-lsp settings` needs the
// source of each value, and problems need a line and a column. What would be
// left for a library is the copying of a map.
//
// A value that cannot be used leaves the one below it, except where that could
// send code to where, or from where, nobody wanted: an address that is none
// stays, for the client to refuse, and while exclusions may be missing,
// [Privacy] says that they are unknown.
//
// The API key is a [Secret] and no setting: it is in no struct that is listed
// or stored.
//
// This package must never know what a setting is for: it imports none of ours,
// opens no connection and logs nothing. It does not watch files; its user
// calls [Live.Reload] when something may have changed. Start at [Settings],
// then [Open] and [Live].
package settings
