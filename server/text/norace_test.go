//go:build !race

package text_test

const raceDetector = false
