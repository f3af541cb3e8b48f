#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RING_SIZE 256

struct ring {
	uint8_t bytes[RING_SIZE];
	size_t head, tail;
};

static size_t used(const struct ring *r)
{
	return (r->head + RING_SIZE - r->tail) % RING_SIZE;
}

/* Puts bytes into the ring. It gives how many there was room for. */
size_t ring_put(struct ring *r, const uint8_t *from, size_t count)
{
	size_t room = RING_SIZE - 1 - used(r);
	if (count > room)
		count = room;
	for (size_t i = 0; i < count; i++) {
		r->bytes[r->head] = from[i];
		r->head = (r->head + 1) % RING_SIZE;
	}
	return count;
}

int ring_find(const struct ring *r, char wanted)
{
	for (size_t i = r->tail; i != r->head; i = (i + 1) % RING_SIZE) {
		switch (r->bytes[i]) {
		case '\0':
			return -1;
		case '{':
			break;
		default:
			if (r->bytes[i] == (uint8_t)wanted) {
				return (int)i;
			}
		}
	}
	return -1;
}

void ring_clear(struct ring *r)
{
	memset(r->bytes, 0, sizeof r->bytes);
	r->head = r->tail = 0;
}
