package syntax

import "strings"

// words makes a set.
func words(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

var (
	// modifiers stand before what they modify, in any number.
	modifiers = words(`
		export default declare public private protected internal fileprivate open package pub crate
		static final abstract sealed virtual override async suspend inline extern external unsafe const
		constexpr consteval constinit explicit friend typedef synchronized native strictfp transient
		volatile readonly partial required mutating nonmutating convenience lazy weak dynamic nonisolated
		infix operator tailrec data inner companion value expect actual lateinit noinline
		implicit opaque transparent local global local threadlocal factory covariant late get set
		mut move noreturn noexcept recursive pure elemental create replace or static_assert comptime`)

	// binders name a value, which may be a function.
	binders = words(`let var val auto my our`)

	functions = words(`
		func function fn fun def defp defmacro defmacrop defn sub subroutine proc procedure method macro macro_rules
		Function FUNCTION Sub SUB SUBROUTINE Subroutine Procedure PROCEDURE`)

	// nameless are functions that go by the word alone, inside of a type.
	nameless = words(`constructor init deinit destructor static`)

	shapes = words(`
		class struct enum union interface trait impl object record protocol extension actor type mixin
		defmodule defprotocol defimpl module contract library annotation`)

	// scopes hold declarations and are none.
	scopes = words(`namespace mod package`)

	// statements begin with what would pass for a name or a type.
	statements = words(`
		if else elif elsif elseif unless for foreach while until loop do switch match case when default
		select try catch except finally rescue ensure with using lock fixed synchronized checked unchecked
		return throw raise yield await go defer new delete typeof sizeof assert print echo puts import from
		require include goto break continue pass and or not in is as super this self then guard repeat
		begin end describe it test context expect`)
)
