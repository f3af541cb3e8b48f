package prompt

// Load reads a prompt file, for tests of what a changed one does.
var Load = load

// FileText is the text of an embedded prompt file.
func FileText(path string) string {
	text, err := files.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return string(text)
}
