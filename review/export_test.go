package review

// What tests see beside what is exported.
var (
	SecondLook   = (*Reviewer).secondLook
	ReadVerdicts = readVerdicts
)
