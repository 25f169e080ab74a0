/* The truth: one line of JSON a flow, written by the process that made it. Owns the form of the line, the clock and the random
 * numbers. Bound: a line is at most MAX_LINE bytes and goes out with one write(2) to a file opened for appending, so lines of many
 * processes never mix. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "workload.h"

#define MAX_LINE 8192

uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The path this process was started from: a link of its own for every client, so the kernel knows it under that name. */
const char *own_exe(void)
{
	static char path[4096];
	if (path[0] == '\0') {
		ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
		if (length <= 0)
			die(EXIT_IO, "/proc/self/exe: %s", strerror(errno));
		path[length] = '\0';
	}
	return path;
}

/* splitmix64: every seed is a good one. */
uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void pause_us(unsigned us)
{
	struct timespec time = { .tv_sec = us / 1000000, .tv_nsec = (long)(us % 1000000) * 1000 };
	while (nanosleep(&time, &time) != 0 && errno == EINTR)
		;
}

void die(int code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "kaipo-workload: ");
	vfprintf(stderr, format, arguments);
	fprintf(stderr, "\n");
	_exit(code);
}

void skip(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "skip: ");
	vfprintf(stderr, format, arguments);
	fprintf(stderr, "\n");
	_exit(EXIT_SKIPPED);
}

struct line {
	char text[MAX_LINE];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int added = vsnprintf(line->text + line->length, sizeof line->text - line->length, format, arguments);
	va_end(arguments);
	if (added < 0 || (size_t)added >= sizeof line->text - line->length)
		die(EXIT_IO, "a line of truth is too long");
	line->length += (size_t)added;
}

/* Paths are our own, but a directory may be called anything. */
static void add_path(struct line *line, const char *key, const char *path)
{
	for (const char *c = path; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == '"' || *c == '\\')
			die(EXIT_BAD_USAGE, "'%s' cannot be told: choose a plain directory", path);
	add(line, "\"%s\":\"%s\"", key, path);
}

/* IPv4-mapped addresses are IPv4 on the wire, and so here. */
static void add_address(struct line *line, const char *side, const struct address *address)
{
	char text[INET6_ADDRSTRLEN] = "";
	if (address->name.ss_family == AF_INET) {
		inet_ntop(AF_INET, &((const struct sockaddr_in *)&address->name)->sin_addr, text, sizeof text);
	} else {
		const struct in6_addr *bytes = &((const struct sockaddr_in6 *)&address->name)->sin6_addr;
		bool mapped = IN6_IS_ADDR_V4MAPPED(bytes);
		inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? &bytes->s6_addr[12] : (const void *)bytes, text, sizeof text);
	}
	add(line, "\"%saddr\":\"%s\",\"%sport\":%u", side, text, side, port_of(address));
}

static void write_line(const struct line *line)
{
	static int fd = -1;
	if (fd < 0) {
		fd = open(options.truth, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			die(EXIT_IO, "%s: %s", options.truth, strerror(errno));
	}
	if (write(fd, line->text, line->length) != (ssize_t)line->length)
		die(EXIT_IO, "%s: %s", options.truth, strerror(errno));
}

/* Payload that TCP sent more than once, which a busy machine makes it do: on the wire, but not what anybody sent. */
uint64_t resent_bytes(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t length = sizeof info;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
		return 0;
	return info.tcpi_bytes_retrans;
}

/* The same of the other side, which alone knows it. The ends are named as the client names them. */
void tell_resent(int fd)
{
	struct address client = { .length = sizeof client.name }, server = client;
	uint64_t bytes = options.truth == NULL ? 0 : resent_bytes(fd);
	if (bytes == 0 || getpeername(fd, (struct sockaddr *)&client.name, &client.length) != 0 ||
	    getsockname(fd, (struct sockaddr *)&server.name, &server.length) != 0)
		return;
	struct line line = { .length = 0 };
	add(&line, "{\"resent\":%llu,", (unsigned long long)bytes);
	add_address(&line, "l", &client);
	add(&line, ",");
	add_address(&line, "r", &server);
	add(&line, "}\n");
	write_line(&line);
}

void tell(const struct flow *flow)
{
	struct line line = { .length = 0 };
	add(&line, "{\"scenario\":\"%s\",\"pid\":%d,", options.scenario, getpid());
	add_path(&line, "exe", own_exe());
	add(&line, ",\"transport\":\"%s\",", flow->transport);
	add_address(&line, "l", &flow->local);
	add(&line, ",");
	add_address(&line, "r", &flow->remote);
	add(&line, ",\"tx\":%llu,\"rx\":%llu,\"t0\":%llu,\"t1\":%llu", (unsigned long long)flow->sent,
	    (unsigned long long)flow->received, (unsigned long long)flow->begun_ns, (unsigned long long)now_ns());
	if (flow->resent > 0)
		add(&line, ",\"resent\":%llu", (unsigned long long)flow->resent);
	if (flow->wire.length > 0) {
		add(&line, ",");
		add_address(&line, "w", &flow->wire);
	}
	for (unsigned i = 0; i < flow->group_count; i++) {
		add(&line, "%s{\"pid\":%d,", i == 0 ? ",\"group\":[" : ",", flow->group[i].pid);
		add_path(&line, "exe", flow->group[i].exe);
		add(&line, "}");
	}
	add(&line, "%s}\n", flow->group_count > 0 ? "]" : "");
	write_line(&line);
}
