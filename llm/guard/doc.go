// Package guard keeps calls to the model within bounds: how often one is tried
// again, and how many run at once. Each guard is a [llm.Model] around another.
//
// They stand around the loop that consumes a whole stream and not around HTTP,
// since most failures of a stream come after its headers. [Retry] is the only
// retry loop of the program.
//
// This package must never know HTTP, a provider or a setting's name: what it
// does follows from the class of an [*llm.Error] alone. Start at [Retry].
package guard
