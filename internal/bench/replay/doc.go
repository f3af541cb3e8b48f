// Replay measures, over the real history of a git repository, how much of a
// review outlives an edit: which units of code need not be asked about again,
// how much of the file is sent for those that do, and where findings stand
// afterwards. No model is called: each edit is a file before and after one
// commit, and what is true of a line is told by a comparison of the two texts
// that shares no code with the product.
//
// It must never be imported, and changes nothing in the repository. Start at
// measure, which takes one edit; figures adds the edits up, and history is
// where they come from.
package main
