// Package chain writes down the order in which a question passes the links
// between a review and the model. It must never hold logic of its own. Start
// at [New].
package chain
