/* The order of life, top to bottom, and one loop: a notification, a snapshot that is due, the end of the stream. Nothing but argv is
 * taken as input. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kaipo-sockets.h"

static const char usage[] = "usage: kaipo-sockets [--fd N] [--interval-ms 100..60000] [--once]\n"
			    "       kaipo-sockets --version\n"
			    "Writes records of 96 bytes to descriptor N (default 1, not a terminal): see SOCKETS.md\n";

/* One line on stderr, whatever was in an argument, then the end. */
void die(int code, const char *format, ...)
{
	char line[512] = "kaipo-sockets: ";
	size_t used = strlen(line);
	va_list arguments;
	va_start(arguments, format);
	int added = vsnprintf(line + used, sizeof line - used - 1, format, arguments);
	va_end(arguments);
	if (added > 0)
		used += (size_t)added < sizeof line - used - 1 ? (size_t)added : sizeof line - used - 2;
	for (size_t i = 0; i < used; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = ' ';
	line[used++] = '\n';
	ssize_t ignored = write(STDERR_FILENO, line, used);
	(void)ignored;
	_exit(code);
}

static int number(const char *option, const char *text, int least, int most)
{
	size_t digits = text == NULL ? 0 : strspn(text, "0123456789");
	if (digits == 0 || digits > 6 || text[digits] != '\0')
		die(EXIT_BAD_USAGE, "%s: '%.40s' is not a number", option, text == NULL ? "" : text);
	int value = atoi(text);
	if (value < least || value > most)
		die(EXIT_BAD_USAGE, "%s: %d is not within %d..%d", option, value, least, most);
	return value;
}

static void parse_arguments(int argc, char **argv, int *stream_fd, int *interval_ms, bool *once)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "--help") == 0) {
			fputs(strcmp(argv[i], "--help") == 0 ? usage : "kaipo-sockets " KAIPO_VERSION "\n", stdout);
			exit(fflush(stdout) == 0 ? EXIT_ORDERLY : EXIT_IO);
		} else if (strcmp(argv[i], "--once") == 0) {
			*once = true;
		} else if (strcmp(argv[i], "--fd") == 0) {
			*stream_fd = number("--fd", argv[++i], 1, 1023);
		} else if (strcmp(argv[i], "--interval-ms") == 0) {
			*interval_ms = number("--interval-ms", argv[++i], 100, 60000);
		} else {
			die(EXIT_BAD_USAGE, "%.40s: unknown; kaipo-sockets --help says what there is", argv[i]);
		}
	}
	if (fcntl(*stream_fd, F_GETFD) < 0 || isatty(*stream_fd))
		die(EXIT_BAD_USAGE, "--fd %d: not open, or a terminal: the stream is binary", *stream_fd);
}

static int64_t monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t began_us;
static uint64_t told_lost;

static void put_count(uint8_t kind, uint8_t flags, uint32_t round, uint64_t count)
{
	struct count_record record = { .kind = kind, .flags = flags, .round = round, .count = count,
				       .elapsed_us = (uint64_t)(monotonic_us() - began_us) };
	put_record(&record);
}

/* Sockets that closed while the kernel had no room to tell are only missed by a snapshot: one follows at once. */
static bool tell_losses(uint32_t round)
{
	if (lost_notifications == told_lost)
		return false;
	told_lost = lost_notifications;
	put_count(RECORD_LOST, 0, round, lost_notifications);
	return true;
}

/* Notifications that wait belong to the time before the snapshot, those that came meanwhile are read after it. */
static void snapshot(uint32_t round)
{
	uint32_t sockets;
	read_notifications();
	bool complete = write_snapshot(&sockets);
	read_notifications();
	tell_losses(round);
	put_count(RECORD_SNAPSHOT, complete ? FLAG_COMPLETE : 0, round, sockets);
	flush_stream();
}

static void run(int stream_fd, int interval_ms, bool once) __attribute__((noreturn));
static void run(int stream_fd, int interval_ms, bool once)
{
	uint32_t round = 1;
	const int64_t interval_us = (int64_t)interval_ms * 1000;
	int64_t next_us = monotonic_us() + interval_us;
	snapshot(round);
	if (once)
		_exit(EXIT_ORDERLY);
	for (;;) {
		struct pollfd watched[2] = { { .fd = notification_fd, .events = POLLIN }, { .fd = stream_fd, .events = POLLRDHUP } };
		int64_t wait_us = next_us - monotonic_us();
		if (wait_us < 0)
			wait_us = 0;
		struct timespec timeout = { .tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000 };
		int ready = ppoll(watched, 2, &timeout, NULL);
		if (ready < 0 && errno != EINTR)
			die(EXIT_IO, "poll: %s", strerror(errno));
		if (ready > 0 && (watched[1].revents & (POLLERR | POLLHUP)))
			_exit(EXIT_ORDERLY);
		bool is_over = ready > 0 && (watched[1].revents & POLLRDHUP);
		read_notifications();
		bool has_lost = tell_losses(round);
		int64_t now = monotonic_us();
		if (now >= next_us || has_lost || is_over) {
			snapshot(++round);
			next_us = now - next_us < interval_us && now >= next_us ? next_us + interval_us : now + interval_us;
		}
		flush_stream();
		if (is_over)
			_exit(EXIT_ORDERLY);
	}
}

int main(int argc, char **argv)
{
	int stream_fd = STDOUT_FILENO, interval_ms = 1000;
	bool once = false;
	/* A closed 0, 1 or 2 would become the number of a netlink socket. */
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(EXIT_IO);
	parse_arguments(argc, argv, &stream_fd, &interval_ms, &once);
	close_strays(stream_fd);
	signal(SIGPIPE, SIG_IGN);
	drop_privileges();
	open_diag();
	open_stream(stream_fd);
	began_us = monotonic_us();
	struct hello_record hello = { .kind = RECORD_HELLO, .magic = SOCKET_STREAM_MAGIC, .interval_ms = (uint32_t)interval_ms };
	describe_privileges(&hello);
	const int netlink_fds[] = { notification_fd, dump_fd, lookup_fd };
	close_the_door(stream_fd, netlink_fds, 3);
	hello.seccomp = 2; /* or this line is not reached */
	put_record(&hello);
	flush_stream();
	run(stream_fd, interval_ms, once);
}
