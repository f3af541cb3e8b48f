'use strict';

const EMPTY = Object.freeze({ head: null, size: 0 });

function prepend(list, value) {
	return { head: { value, next: list.head }, size: list.size + 1 };
}

function* values({ head }) {
	for (let node = head; node !== null; node = node.next) {
		yield node.value;
	}
}

class History {
	#states = [EMPTY];

	push(value, { limit = 100 } = {}) {
		const now = this.#states.at(-1);
		if (now.size >= limit) {
			throw new RangeError(`more than ${limit} values`);
		}
		this.#states.push(prepend(now, value));
		return this;
	}

	undo() {
		if (this.#states.length > 1) {
			this.#states.pop();
		}
		return this;
	}

	toString() {
		const text = [...values(this.#states.at(-1))]
			.map((value) => String(value).replace(/["{]/g, '\\$&'))
			.join(', ');
		return text === '' ? 'nothing' : text;
	}
}

module.exports = { History, prepend, values };
