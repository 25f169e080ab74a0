/* The pcapng blocks that are not packets. Layouts: ../PROTOCOL.md. Everything here is written from our own state. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kaipo-capture.h"

/* Builds one block in the stream buffer; the length goes in when the end is known. */
struct block {
	uint8_t *start;
	uint8_t *at;
};

static bool begin(struct block *block, uint32_t type, size_t most)
{
	block->start = block->at = stream_reserve(most);
	if (block->start == NULL)
		return false;
	memcpy(block->at, &type, 4);
	block->at += 8;
	return true;
}

static void bytes(struct block *block, const void *data, size_t length)
{
	memcpy(block->at, data, length);
	block->at += length;
	while ((block->at - block->start) % 4 != 0)
		*block->at++ = 0;
}

static void word(struct block *block, uint32_t value)
{
	bytes(block, &value, 4);
}

static void option(struct block *block, uint16_t code, const void *data, size_t length)
{
	word(block, code | (uint32_t)length << 16);
	bytes(block, data, length);
}

static void end(struct block *block)
{
	uint32_t length = (uint32_t)(block->at - block->start) + 4;
	memcpy(block->start + 4, &length, 4);
	word(block, length);
	stream_commit(length);
}

static void append_interface(const struct ring *ring, const struct options *options)
{
	const uint8_t nanoseconds = 9;
	struct block block;
	if (!begin(&block, 1, 256 + MAX_FILTER_BYTES))
		die(EXIT_IO, "stream: takes nothing");
	word(&block, ring->linktype);
	word(&block, options->snaplen);
	option(&block, 2, ring->name, strlen(ring->name));
	if (ring->has_mac)
		option(&block, 6, ring->mac, sizeof ring->mac);
	option(&block, 9, &nanoseconds, 1);
	if (options->filter != NULL) {
		char text[1 + MAX_FILTER_BYTES] = { 0 }; /* 0: the rest is libpcap text */
		size_t length = strlen(options->filter);
		memcpy(text + 1, options->filter, length);
		option(&block, 11, text, 1 + length);
	}
	word(&block, 0);
	end(&block);
}

/* The first blocks: at most 64 interfaces of 4.4 KB, which the empty buffer always holds. */
void append_start(const struct options *options, const char *privileges)
{
	const char application[] = "kaipo-capture " KAIPO_VERSION " native";
	struct block block;
	if (!begin(&block, 0x0a0d0d0a, 256))
		die(EXIT_IO, "stream: takes nothing");
	word(&block, 0x1a2b3c4d);
	word(&block, 1); /* version 1.0 */
	word(&block, 0xffffffff);
	word(&block, 0xffffffff); /* section length: not known */
	option(&block, 4, application, strlen(application));
	word(&block, 0);
	end(&block);
	for (unsigned i = 0; i < ring_count; i++)
		append_interface(&rings[i], options);
	if (!append_custom(CUSTOM_PRIVILEGES, privileges))
		die(EXIT_IO, "stream: takes nothing");
	for (unsigned i = 0; i < ring_count; i++) {
		char text[160];
		if (rings[i].map == NULL || rings[i].granted_mib == options->ring_mib)
			continue;
		snprintf(text, sizeof text, "%.15s: memory allows a ring of %u MiB, not %u: bursts are lost sooner", rings[i].name,
			 rings[i].granted_mib, options->ring_mib);
		append_custom(CUSTOM_NOTICE, text);
	}
	if (options->events && events.raw_first < 0) {
		char text[256];
		snprintf(text, sizeof text, "no kernel events, short-lived programs may stay unknown: %s", events.why);
		append_custom(CUSTOM_NOTICE, text);
	}
}

bool append_custom(uint32_t kind, const char *text)
{
	struct block block;
	size_t length = strnlen(text, MAX_CUSTOM_TEXT);
	if (!begin(&block, 0x40000bad, 64 + MAX_CUSTOM_TEXT))
		return false;
	word(&block, CUSTOM_PEN);
	word(&block, CUSTOM_MAGIC);
	word(&block, kind);
	word(&block, (uint32_t)length);
	bytes(&block, text, length);
	end(&block);
	return true;
}

/* Custom blocks that are not text: the same head, and bytes that somebody else wrote. */
static bool begin_binary(struct block *block, uint32_t kind, size_t most)
{
	if (!begin(block, 0x40000bad, 64 + most))
		return false;
	word(block, CUSTOM_PEN);
	word(block, CUSTOM_MAGIC);
	word(block, kind);
	word(block, 0);
	return true;
}

static void end_binary(struct block *block)
{
	uint32_t length = (uint32_t)(block->at - block->start) - 24;
	memcpy(block->start + 20, &length, 4);
	while ((block->at - block->start) % 4 != 0)
		*block->at++ = 0;
	end(block);
}

/* `length` bytes of a file. */
bool append_binary(uint32_t kind, int fd, off_t offset, size_t length)
{
	struct block block;
	if (!begin_binary(&block, kind, length))
		return false;
	if (pread(fd, block.at, length, offset) != (ssize_t)length)
		die(EXIT_IO, "snapshot: cannot be read back");
	block.at += length;
	end_binary(&block);
	return true;
}

/* One page of the kernel's event ring: CPU, 0, then the page up to where it was written. Its bytes or 0, -1 when the stream is full. */
int append_event_page(unsigned cpu, int fd)
{
	struct block block;
	uint64_t commit;
	if (!begin_binary(&block, CUSTOM_EVENTS, 8 + MAX_EVENT_PAGE))
		return -1;
	word(&block, cpu);
	word(&block, 0);
	ssize_t length = read(fd, block.at, MAX_EVENT_PAGE);
	if (length < 16)
		return 0; /* nothing there; the block was not committed */
	memcpy(&commit, block.at + 8, 8);
	size_t used = 16 + (size_t)(commit & 0xfffff);
	block.at += used < (size_t)length ? used : (size_t)length;
	end_binary(&block);
	return (int)(block.at - block.start);
}

/* Every event before `complete_to_ns` stands before this block; the two clocks, read at once; events lost so far; 1: no route lookups. */
bool append_event_round(uint64_t complete_to_ns, uint64_t mono_ns, uint64_t real_ns)
{
	struct block block;
	uint64_t numbers[4] = { complete_to_ns, mono_ns, real_ns, events.lost };
	uint32_t flags = events.routes_off;
	if (!begin_binary(&block, CUSTOM_EVENT_ROUND, 64))
		return false;
	bytes(&block, numbers, sizeof numbers);
	word(&block, flags);
	word(&block, 0);
	end_binary(&block);
	return true;
}

bool append_state(struct ring *ring)
{
	static const char *const names[] = { [LINK_UP] = "up", [LINK_DOWN] = "down", [LINK_GONE] = "gone" };
	char text[128];
	snprintf(text, sizeof text, "interfaceId=%u\nname=%.15s\nstate=%s\n", ring->id, ring->name, names[ring->state]);
	if (!append_custom(CUSTOM_INTERFACE, text))
		return false;
	ring->announced = ring->state;
	return true;
}

/* The kernel is asked here and not earlier, so that what stands before this block in the stream is never more than it reports. */
bool append_statistics(struct ring *ring)
{
	struct block block;
	struct timespec now;
	read_kernel_counters(ring);
	if (!begin(&block, 5, 128))
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	uint64_t time_ns = (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
	word(&block, ring->id);
	word(&block, (uint32_t)(time_ns >> 32));
	word(&block, (uint32_t)time_ns);
	option(&block, 4, &ring->received, 8);
	option(&block, 7, &ring->dropped, 8);
	option(&block, 8, &ring->delivered, 8);
	word(&block, 0);
	end(&block);
	return true;
}
