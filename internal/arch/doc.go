// Package arch holds no code of the product: its tests keep the shape of the
// house. They read every Go file of the repository and fail when an import
// points back, when a package has no place in the order, when a package does
// not say what it is for, or when a file or function outgrows its bounds.
//
// It must never be imported. Start at the table of layers in
// layers_test.go, which is the only place that a new package has to be added
// to.
package arch
