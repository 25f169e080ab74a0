/* One loop, woken by three things only: a ring block is finished, the stream has room again or ended, a second is over.
 *
 *   RUNNING --half-close, SIGTERM, SIGINT--> ENDING (rings drop all new, drain) --books closed--> last statistics, exit 0
 *      any state --stream closed, second signal--> exit 0 at once
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kaipo-capture.h"

#define TICK_MS 1000
#define ENDING_STALL_MS 5000 /* a reader that asked for the end and then takes nothing is not coming back */
#define ENDING_POLL_MS 20
#define EVENTS_POLL_MS 50 /* while something moves; else with the statistics */

static volatile sig_atomic_t stop_requests;
static sigset_t waiting_mask;

static void on_signal(int number)
{
	(void)number;
	if (stop_requests++ > 0)
		_exit(EXIT_ORDERLY);
}

/* Signals are let in only while the loop waits, so that none falls between a check and a wait. */
void block_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t blocked;
	sigemptyset(&blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL); /* whatever the caller had blocked */
	sigemptyset(&waiting_mask);
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		sigaction(signals[i], &action, NULL);
		sigaddset(&blocked, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* A spare holds its sockets, has no privilege and waits for its turn: the end of stdin. One byte of input would be a command,
 * and this program takes none. */
void wait_for_stdin(int stream_fd)
{
	struct pollfd watched[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
				     { .fd = stream_fd, .events = POLLRDHUP } };
	for (;;) {
		int ready = ppoll(watched, 2, NULL, &waiting_mask);
		if (stop_requests > 0 || (ready > 0 && watched[1].revents != 0))
			_exit(EXIT_ORDERLY);
		if (ready <= 0 || watched[0].revents == 0)
			continue;
		char byte;
		ssize_t length = read(STDIN_FILENO, &byte, 1);
		if (length == 0)
			return;
		if (length > 0)
			die(EXIT_BAD_USAGE, "--standby: stdin carries data; only its end means something");
		if (errno != EAGAIN && errno != EINTR)
			die(EXIT_IO, "--standby: stdin: %s", strerror(errno));
	}
}

static int64_t monotonic_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One block of each ring in turn, so that a busy interface cannot starve a quiet one; before each turn what the kernel told, so that
 * in the stream an event stands before the packets it led to. False when the stream is full. */
static bool copy_all(void)
{
	for (bool more = true; more;) {
		more = false;
		if (!copy_events())
			return false;
		for (unsigned i = 0; i < ring_count; i++)
			if (!copy_block(&rings[i], &more))
				return false;
	}
	return true;
}

/* An error on a ring means the device went down or away. Asking for the error clears it; left alone it would wake us for ever. */
static void look_at_error(struct ring *ring)
{
	int error = 0;
	socklen_t length = sizeof error;
	getsockopt(ring->fd, SOL_SOCKET, SO_ERROR, &error, &length);
	ring->state = link_state(ring) == LINK_GONE ? LINK_GONE : LINK_DOWN;
}

static bool announce(struct ring *ring)
{
	if (ring->announced == ring->state)
		return true;
	if (!append_state(ring))
		return false;
	if (ring->state == LINK_GONE)
		say("%s: the interface is gone: %s", ring->name, ring_count > 1 ? "the others go on" : "nothing more will come");
	return true;
}

static bool books_closed(void)
{
	for (unsigned i = 0; i < ring_count; i++) {
		read_kernel_counters(&rings[i]);
		if (rings[i].received != rings[i].delivered + rings[i].dropped)
			return false;
	}
	return true;
}

void run(const struct options *options)
{
	struct pollfd watched[1 + MAX_CAPTURE_INTERFACES + MAX_EVENT_CPUS];
	unsigned watched_count = 1 + ring_count;
	uint64_t moved_before = 0;
	bool ending = false, last_statistics = false;
	unsigned statistics_next = ring_count; /* ring_count: none due */
	int64_t next_tick = monotonic_ms() + TICK_MS, stalled_since = 0;
	uint64_t written_before = 0;

	watched[0] = (struct pollfd){ .fd = options->stream_fd, .events = POLLRDHUP };
	for (unsigned i = 0; i < ring_count; i++)
		watched[1 + i].fd = rings[i].map == NULL ? -1 : rings[i].fd;
	/* The kernel wakes us for events only when a quarter of a buffer is full. */
	for (unsigned cpu = 0; events.raw_first >= 0 && cpu < events.cpus; cpu++)
		watched[watched_count++] = (struct pollfd){ .fd = events.raw_first + (int)cpu };

	for (;;) {
		bool flowing = copy_snapshot() && copy_all();
		for (unsigned i = 0; flowing && i < ring_count; i++)
			flowing = announce(&rings[i]);

		int64_t now = monotonic_ms();
		if (now >= next_tick) {
			next_tick = now - next_tick < TICK_MS ? next_tick + TICK_MS : now + TICK_MS;
			for (unsigned i = 0; i < ring_count; i++) {
				if (rings[i].state == LINK_DOWN)
					rings[i].state = link_state(&rings[i]);
				read_kernel_counters(&rings[i]); /* 32 bits wide: must not wrap while the stream is full */
			}
			statistics_next = 0;
			count_lost_events();
			watch_event_storm();
		}
		if (ending && !last_statistics && flowing && books_closed()) {
			last_statistics = true;
			statistics_next = 0;
		}
		while (statistics_next < ring_count && append_statistics(&rings[statistics_next]))
			statistics_next++;
		bool flushed = stream_flush();
		if (flushed && last_statistics && statistics_next == ring_count)
			_exit(EXIT_ORDERLY);
		if (ending) {
			if (stream_written != written_before || stalled_since == 0)
				stalled_since = now;
			written_before = stream_written;
			if (now - stalled_since > ENDING_STALL_MS)
				die(EXIT_IO, "stream: the reader does not take the end of it");
		}

		watched[0].events = (short)((ending ? 0 : POLLRDHUP) | (flushed ? 0 : POLLOUT));
		for (unsigned i = 0; i < ring_count; i++)
			watched[1 + i].events = flushed ? POLLIN : 0;
		for (unsigned i = 1 + ring_count; i < watched_count; i++)
			watched[i].events = flushed ? POLLIN : 0;
		int64_t wait_ms = next_tick - now;
		uint64_t moved = events.bytes;
		for (unsigned i = 0; i < ring_count; i++)
			moved += rings[i].delivered;
		if (events.raw_first >= 0 && moved != moved_before && wait_ms > EVENTS_POLL_MS)
			wait_ms = EVENTS_POLL_MS;
		moved_before = moved;
		if (ending && wait_ms > ENDING_POLL_MS)
			wait_ms = ENDING_POLL_MS;
		if (!flowing && flushed)
			wait_ms = 0; /* the flush made room for what did not fit a moment ago */
		struct timespec timeout = { .tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000 };
		int ready = ppoll(watched, watched_count, &timeout, &waiting_mask);
		if (ready < 0 && errno != EINTR)
			die(EXIT_IO, "poll: %s", strerror(errno));
		for (unsigned i = 0; ready > 0 && i < ring_count; i++)
			if (watched[1 + i].revents & POLLERR)
				look_at_error(&rings[i]);
		if (ready > 0 && (watched[0].revents & (POLLERR | POLLHUP)))
			_exit(EXIT_ORDERLY);
		if (!ending && (stop_requests > 0 || (ready > 0 && (watched[0].revents & POLLRDHUP)))) {
			ending = true;
			for (unsigned i = 0; i < ring_count; i++)
				if (rings[i].map != NULL)
					attach_drop_all(&rings[i]);
		}
	}
}
