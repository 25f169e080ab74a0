/* The other side: echo, sink, source, dial-back and "who am I" over TCP and UDP, IPv4 and IPv6, echo over SCTP where the kernel has
 * it, and a socket that swallows raw IP. Says "ready" on standard output. Of the truth it owns what TCP sent again from here; all
 * else is what clients tell. Bound: a thread a connection with a small stack; it lives as long as its parent. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "workload.h"

#define STACK_BYTES (256 * 1024)

struct service {
	int fd;
	unsigned port;
};

static void start_thread(void *(*work)(void *), void *argument)
{
	pthread_t thread;
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attributes, work, argument) != 0)
		die(EXIT_IO, "no more threads");
	pthread_attr_destroy(&attributes);
}

static void *keep(const struct service *service)
{
	struct service *kept = malloc(sizeof *kept);
	if (kept == NULL)
		die(EXIT_IO, "no memory");
	*kept = *service;
	return kept;
}

static bool send_all(int fd, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		bytes += sent;
		length -= (size_t)sent;
	}
	return true;
}

/* "10.0.0.1 4711" in 64 bytes, as the peer is seen from here. */
static void who_is(const struct sockaddr_storage *peer, char text[64])
{
	char ip[INET6_ADDRSTRLEN];
	const struct sockaddr_in6 *name = (const struct sockaddr_in6 *)peer;
	bool v4 = IN6_IS_ADDR_V4MAPPED(&name->sin6_addr);
	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? &name->sin6_addr.s6_addr[12] : (const void *)&name->sin6_addr, ip, sizeof ip);
	memset(text, ' ', 64);
	int length = snprintf(text, 64, "%s %u", ip, ntohs(name->sin6_port));
	text[length] = ' ';
}

static void *talk(void *argument)
{
	struct service service = *(struct service *)argument;
	uint8_t buffer[16384];
	ssize_t got;
	free(argument);
	if (service.port == PORT_SOURCE && recv(service.fd, buffer, 8, MSG_WAITALL) == 8) {
		uint64_t left = 0;
		for (int i = 0; i < 8; i++)
			left = left << 8 | buffer[i];
		while (left > 0) {
			size_t part = left < sizeof pattern ? (size_t)left : sizeof pattern;
			if (!send_all(service.fd, pattern, part))
				break;
			left -= part;
		}
	} else if (service.port == PORT_WHO_AM_I && recv(service.fd, buffer, 64, MSG_WAITALL) == 64) {
		struct sockaddr_storage peer = { 0 };
		socklen_t length = sizeof peer;
		char text[64];
		getpeername(service.fd, (struct sockaddr *)&peer, &length);
		who_is(&peer, text);
		send_all(service.fd, (uint8_t *)text, sizeof text);
	}
	while ((got = recv(service.fd, buffer, sizeof buffer, 0)) > 0)
		if (service.port == PORT_ECHO && !send_all(service.fd, buffer, (size_t)got))
			break;
	tell_resent(service.fd);
	close(service.fd);
	return NULL;
}

static void *accept_all(void *argument) __attribute__((noreturn));
static void *accept_all(void *argument)
{
	const struct service *service = argument;
	for (;;) {
		struct service one = { .fd = accept4(service->fd, NULL, NULL, SOCK_CLOEXEC), .port = service->port };
		if (one.fd >= 0)
			start_thread(talk, keep(&one));
	}
}

struct dial {
	struct sockaddr_in6 to;
	bool tcp;
	unsigned count, bytes;
};

/* Opens flows to whoever asked, one after the other. */
static void *dial(void *argument)
{
	struct dial request = *(struct dial *)argument;
	uint8_t answer[2048];
	free(argument);
	for (unsigned i = 0; i < request.count; i++) {
		int fd = socket(AF_INET6, (request.tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
		if (fd < 0 || connect(fd, (struct sockaddr *)&request.to, sizeof request.to) != 0)
			die(EXIT_IO, "dial back: %s", strerror(errno));
		send_all(fd, pattern, request.bytes);
		recv(fd, answer, request.bytes, request.tcp ? MSG_WAITALL : 0);
		tell_resent(fd);
		close(fd);
	}
	return NULL;
}

static void begin_dial(const char *text, const struct sockaddr_storage *from)
{
	char transport[8];
	unsigned port;
	struct dial request = { .to = *(const struct sockaddr_in6 *)from };
	if (sscanf(text, "%7s %u %u %u", transport, &port, &request.count, &request.bytes) != 4 || request.bytes > 2048)
		return;
	request.tcp = strcmp(transport, "tcp") == 0;
	request.to.sin6_port = htons((uint16_t)port);
	struct dial *kept = malloc(sizeof *kept);
	if (kept == NULL)
		die(EXIT_IO, "no memory");
	*kept = request;
	start_thread(dial, kept);
}

static void *receive_all(void *argument) __attribute__((noreturn));
static void *receive_all(void *argument)
{
	const struct service *service = argument;
	uint8_t buffer[2048];
	for (;;) {
		struct sockaddr_storage from = { 0 };
		socklen_t length = sizeof from;
		ssize_t got = recvfrom(service->fd, buffer, sizeof buffer - 1, 0, (struct sockaddr *)&from, &length);
		if (got < 0)
			continue;
		buffer[got] = '\0';
		if (service->port == PORT_WHO_AM_I) {
			who_is(&from, (char *)buffer);
			got = 64;
		}
		if (service->port == PORT_DIAL_BACK)
			begin_dial((char *)buffer, &from);
		else if (service->port != PORT_SINK)
			sendto(service->fd, buffer, (size_t)got, MSG_NOSIGNAL, (struct sockaddr *)&from, length);
	}
}

/* Serves one port of one transport; false when the kernel has no such transport. */
static bool open_service(int type, int protocol, unsigned port)
{
	const int on = 1, room = 1 << 20;
	struct address any;
	struct service service = { .fd = socket(AF_INET6, type | SOCK_CLOEXEC, protocol), .port = port };
	if (service.fd < 0)
		return false;
	parse_address("::", port, &any);
	setsockopt(service.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(service.fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	if (bind(service.fd, (struct sockaddr *)&any.name, any.length) != 0)
		die(EXIT_IO, "port %u: %s", port, strerror(errno));
	if (type == SOCK_STREAM && listen(service.fd, 4096) != 0)
		die(EXIT_IO, "port %u: %s", port, strerror(errno));
	start_thread(type == SOCK_STREAM ? accept_all : receive_all, keep(&service));
	return true;
}

/* Without a receiver the kernel would answer raw IP with ICMP. */
static void swallow_raw_ip(void)
{
	struct service service = { .fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, RAW_PROTOCOL), .port = PORT_SINK };
	if (service.fd >= 0)
		start_thread(receive_all, keep(&service));
}

int serve(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned port = PORT_ECHO; port <= PORT_WHO_AM_I; port++)
		if (!open_service(SOCK_STREAM, 0, port) || !open_service(SOCK_DGRAM, 0, port))
			die(EXIT_UNAVAILABLE, "no IPv6 sockets: %s", strerror(errno));
	for (unsigned i = 0; i < PORT_ECHO_COUNT; i++)
		open_service(SOCK_DGRAM, 0, PORT_ECHO_FIRST + i);
	open_service(SOCK_STREAM, IPPROTO_SCTP, PORT_ECHO);
	swallow_raw_ip();
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		die(EXIT_IO, "standard output: %s", strerror(errno));
	for (;;)
		pause();
}
