package settings

import (
	"reflect"
	"strconv"
	"strings"
)

// Type is the form that a setting's value has in a file.
type Type string

// The types of settings.
const (
	TypeString   Type = "string"   // a text, one of Enum where there is one
	TypeInteger  Type = "integer"  // a whole number
	TypeNumber   Type = "number"   // any finite number
	TypeDuration Type = "duration" // a text, see [ParseDuration]
	TypeSize     Type = "size"     // a number of bytes, or a text, see [ParseSize]
	TypeList     Type = "list"     // texts
	TypeTable    Type = "table"    // texts by name
)

// Narrowing is how a workspace's own file may change a setting.
type Narrowing string

// The ways to narrow. NarrowNot is the zero value: a file that came with the
// code has no say in the setting.
const (
	NarrowNot  Narrowing = ""
	NarrowList Narrowing = "list" // only further down Enum
	NarrowUp   Narrowing = "up"   // only to a larger value
	NarrowDown Narrowing = "down" // only to a smaller value
	NarrowAdd  Narrowing = "add"  // only more elements
)

// Key describes one setting.
type Key struct {
	Name      string // dotted, such as "review.on"
	Type      Type
	Default   string   // in the text form of Type; "[]" and "{}" are an empty list and table
	Enum      []string // the allowed texts; nil: any
	Min, Max  string   // the allowed range, both included, in the text form of Type; empty: no bound
	Workspace Narrowing
	Doc       string // one sentence
}

// Group is the part of the name before the first dot.
func (k Key) Group() string {
	group, _, _ := strings.Cut(k.Name, ".")
	return group
}

// Describe lists every setting, in the order of the struct.
func Describe() []Key {
	keys := make([]Key, 0, len(fields))
	for _, f := range fields {
		keys = append(keys, f.Key)
	}
	return keys
}

// field is a Key and what it takes to read and store its value.
type field struct {
	Key
	index     []int // of the field in Settings
	check     string
	low, high *float64 // Min and Max as numbers: nanoseconds, bytes
	initial   any      // Default, decoded
}

// group is a struct inside Settings.
type group struct{ name, doc string }

var groups, fields = declared(reflect.TypeFor[Settings]())

// byName finds a field by its dotted name.
var byName = func() map[string]*field {
	m := make(map[string]*field, len(fields))
	for _, f := range fields {
		m[f.Name] = f
	}
	return m
}()

// declared reads the tags of Settings. A tag that is wrong panics when any
// test or program starts, as a regular expression in MustCompile does.
func declared(settings reflect.Type) (gs []group, fs []*field) {
	for g := range settings.NumField() {
		outer := settings.Field(g)
		name := outer.Tag.Get("key")
		gs = append(gs, group{name, outer.Tag.Get("doc")})
		for i := range outer.Type.NumField() {
			if inner := outer.Type.Field(i); inner.Tag.Get("key") != "" {
				fs = append(fs, declaredField(name, inner, []int{g, i}))
			}
		}
	}
	return gs, fs
}

func declaredField(group string, sf reflect.StructField, index []int) *field {
	tag := sf.Tag.Get
	f := &field{
		Key: Key{
			Name: group + "." + tag("key"), Type: typeOf(sf.Type), Default: tag("default"),
			Min: tag("min"), Max: tag("max"), Workspace: Narrowing(tag("narrow")), Doc: tag("doc"),
		},
		index: index,
		check: tag("check"),
	}
	if words := tag("enum"); words != "" {
		f.Enum = strings.Split(words, ",")
	}
	f.low, f.high = f.bound(f.Min), f.bound(f.Max)
	value, faults := f.decode(f.fromText(f.Default))
	if value == nil || len(faults) > 0 {
		panic("settings: the default of " + f.Name + " is not allowed")
	}
	f.initial = value
	return f
}

func typeOf(t reflect.Type) Type {
	switch t {
	case reflect.TypeFor[Duration]():
		return TypeDuration
	case reflect.TypeFor[Size]():
		return TypeSize
	case reflect.TypeFor[Headers]():
		return TypeTable
	case reflect.TypeFor[[]string]():
		return TypeList
	}
	switch t.Kind() {
	case reflect.String:
		return TypeString
	case reflect.Int:
		return TypeInteger
	case reflect.Float64:
		return TypeNumber
	}
	panic("settings: no setting can be a " + t.String())
}

// bound is a Min or Max as a number.
func (f *field) bound(text string) *float64 {
	if text == "" {
		return nil
	}
	var n float64
	var err error
	switch f.Type {
	case TypeDuration:
		var d Duration
		d, err = ParseDuration(text)
		n = float64(d)
	default:
		n, err = strconv.ParseFloat(text, 64)
	}
	if err != nil {
		panic("settings: the range of " + f.Name + " cannot be read")
	}
	return &n
}
