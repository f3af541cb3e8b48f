// Package store keeps what the program knows between two runs, and shares it
// between the windows of one person: answers that were paid for, dismissals,
// and leases, by which one window tells the others what it is asking about. It
// is one SQLite file that several processes use at once.
//
// The file is a convenience and never a condition. Whatever is wrong with it
// (damaged, locked, full, read-only, of a newer version), every method works:
// what can be read is read, the rest lives in memory, and one note says what
// happened and what to do. When the file can be used again, what was put aside
// is written to it.
//
// This package must never know what a value means, nor a setting's name. Start
// at [Store]; route.go decides between file and memory, file.go opens the
// file, repair.go replaces a damaged one, and database.go holds what is the
// same for both.
package store
