/* Bytes by every road a program has: send, sendfile, splice, sendmmsg, both ways at once, slowly, in many connections. Owns the
 * shapes of transfers. Bound: MAX_BURST connections at once. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "workload.h"

#define MAX_BURST 256
#define DATAGRAM 1200

static void upload(struct flow *flow, uint64_t bytes)
{
	for (uint64_t left = bytes; left > 0;) {
		size_t part = left < sizeof pattern ? (size_t)left : sizeof pattern;
		flow_send(flow, pattern, part);
		left -= part;
	}
}

/* Nothing is on its way any more when the server has closed. */
static void finish(struct flow *flow)
{
	shutdown(flow->fd, SHUT_WR);
	flow_drain(flow);
	flow_end(flow);
}

static void download(int family, uint64_t bytes)
{
	struct flow flow;
	uint8_t request[8];
	for (int i = 0; i < 8; i++)
		request[i] = (uint8_t)(bytes >> (56 - 8 * i));
	flow_connect(&flow, SOCK_STREAM, server_address(family, PORT_SOURCE));
	flow_send(&flow, request, sizeof request);
	finish(&flow);
}

int client_bulk(void)
{
	struct flow flow;
	if (options.variant % 2 == 1) {
		download(AF_INET, options.bytes);
		return 0;
	}
	flow_connect(&flow, SOCK_STREAM, server_address(AF_INET, PORT_SINK));
	upload(&flow, options.bytes);
	finish(&flow);
	return 0;
}

/* Counts for itself: two threads never write one number. */
static void *read_all(void *whole)
{
	struct flow *reader = whole;
	flow_drain(reader);
	return NULL;
}

int client_duplex(void)
{
	struct flow flow, reader;
	pthread_t thread;
	flow_connect(&flow, SOCK_STREAM, server_address(AF_INET, PORT_ECHO));
	reader = flow;
	if (pthread_create(&thread, NULL, read_all, &reader) != 0)
		die(EXIT_IO, "no more threads");
	upload(&flow, options.bytes);
	shutdown(flow.fd, SHUT_WR);
	pthread_join(thread, NULL);
	flow.received = reader.received;
	flow_end(&flow);
	return 0;
}

static void datagrams(struct flow *flow, uint64_t bytes)
{
	for (uint64_t done = 0; done < bytes; done += DATAGRAM)
		flow_echo(flow, DATAGRAM);
	flow_end(flow);
}

int client_udp(void)
{
	struct flow flow;
	if (options.variant % 2 == 0)
		flow_connect(&flow, SOCK_DGRAM, server_address(AF_INET, PORT_ECHO));
	else
		flow_unconnected(&flow, server_address(AF_INET, PORT_ECHO));
	datagrams(&flow, options.bytes);
	return 0;
}

int client_ipv6(void)
{
	struct flow flow;
	switch (options.variant % 3) {
	case 0: download(AF_INET6, options.bytes); return 0;
	case 1: flow_connect(&flow, SOCK_DGRAM, server_address(AF_INET6, PORT_ECHO)); break;
	default: flow_unconnected(&flow, server_address(AF_INET6, PORT_ECHO));
	}
	datagrams(&flow, options.bytes / 10);
	return 0;
}

/* A byte now and then: few packets, a long life. */
int client_slow_drip(void)
{
	struct flow flow;
	const int on = 1;
	flow_connect(&flow, SOCK_STREAM, server_address(AF_INET, PORT_ECHO));
	setsockopt(flow.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	for (unsigned i = 0; i < options.count; i++) {
		flow_echo(&flow, 1);
		pause_us(100000);
	}
	flow_end(&flow);
	return 0;
}

/* Opened before anybody looks, used when standard input ends: what is told is what moved since then. */
int client_long_lived(void)
{
	struct flow flows[2];
	char byte;
	flow_connect(&flows[0], SOCK_STREAM, server_address(AF_INET, PORT_ECHO));
	flow_connect(&flows[1], SOCK_DGRAM, server_address(AF_INET6, PORT_ECHO));
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		die(EXIT_IO, "standard output: %s", strerror(errno));
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	for (unsigned i = 0; i < 2; i++)
		flows[i].begun_ns = now_ns();
	for (uint64_t done = 0; done < options.bytes; done += DATAGRAM)
		flow_echo(&flows[done / DATAGRAM % 2], DATAGRAM);
	flow_end(&flows[0]);
	flow_end(&flows[1]);
	return 0;
}

int client_many_small(void)
{
	uint64_t random = options.seed;
	for (unsigned i = 0; i < options.count; i++) {
		struct flow flow;
		flow_connect(&flow, SOCK_STREAM, server_address(AF_INET, PORT_ECHO));
		flow_echo(&flow, 16 + next_random(&random) % 200);
		flow_end(&flow);
	}
	return 0;
}

/* All connections are opened before the first one says a word. */
int client_burst(void)
{
	static struct flow flows[MAX_BURST];
	unsigned count = options.count < MAX_BURST ? options.count : MAX_BURST;
	struct address remote = server_address(AF_INET, PORT_ECHO);
	for (unsigned i = 0; i < count; i++) {
		flow_begin(&flows[i], "tcp");
		flows[i].remote = remote;
		flows[i].fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (flows[i].fd < 0)
			die(EXIT_IO, "socket: %s", strerror(errno));
		if (connect(flows[i].fd, (struct sockaddr *)&remote.name, remote.length) != 0 && errno != EINPROGRESS)
			die(EXIT_IO, "connect: %s", strerror(errno));
	}
	for (unsigned i = 0; i < count; i++) {
		struct pollfd ready = { .fd = flows[i].fd, .events = POLLOUT };
		if (poll(&ready, 1, 10000) != 1)
			die(EXIT_IO, "connect: no answer");
		fcntl(flows[i].fd, F_SETFL, fcntl(flows[i].fd, F_GETFL) & ~O_NONBLOCK);
		flow_learn_local(&flows[i]);
		flow_send(&flows[i], pattern, 500);
	}
	for (unsigned i = 0; i < count; i++) {
		uint8_t answer[500];
		flow_receive(&flows[i], answer, sizeof answer);
		flow_end(&flows[i]);
	}
	return 0;
}

/* A file of --bytes bytes that is gone with its descriptor. */
static int make_file(void)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/.file-XXXXXX", options.directory);
	int fd = mkstemp(path);
	if (fd < 0)
		die(EXIT_IO, "%s: %s", path, strerror(errno));
	unlink(path);
	for (uint64_t done = 0; done < options.bytes;) {
		size_t part = options.bytes - done < sizeof pattern ? (size_t)(options.bytes - done) : sizeof pattern;
		if (write(fd, pattern, part) != (ssize_t)part)
			die(EXIT_IO, "write: %s", strerror(errno));
		done += part;
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

int client_sendfile(void)
{
	struct flow flow;
	int file = make_file();
	flow_connect(&flow, SOCK_STREAM, server_address(AF_INET, PORT_SINK));
	while (flow.sent < options.bytes) {
		ssize_t sent = sendfile(flow.fd, file, NULL, (size_t)(options.bytes - flow.sent));
		if (sent <= 0)
			die(EXIT_IO, "sendfile: %s", strerror(errno));
		flow.sent += (uint64_t)sent;
	}
	finish(&flow);
	return 0;
}

int client_splice(void)
{
	struct flow flow;
	int file = make_file(), ends[2];
	if (pipe(ends) != 0)
		die(EXIT_IO, "pipe: %s", strerror(errno));
	flow_connect(&flow, SOCK_STREAM, server_address(AF_INET, PORT_SINK));
	for (;;) {
		ssize_t in = splice(file, NULL, ends[1], NULL, MAX_MESSAGE, 0);
		if (in < 0)
			die(EXIT_IO, "splice: %s", strerror(errno));
		if (in == 0)
			break;
		while (in > 0) {
			ssize_t out = splice(ends[0], NULL, flow.fd, NULL, (size_t)in, SPLICE_F_MORE);
			if (out <= 0)
				die(EXIT_IO, "splice: %s", strerror(errno));
			in -= out;
			flow.sent += (uint64_t)out;
		}
	}
	finish(&flow);
	return 0;
}

#define BATCH 16

/* Unconnected: each datagram carries its destination. */
int client_mmsg(void)
{
	static uint8_t answers[BATCH][1000];
	struct flow flow;
	struct mmsghdr out[BATCH] = { 0 }, in[BATCH] = { 0 };
	struct iovec out_part[BATCH], in_part[BATCH];
	flow_unconnected(&flow, server_address(AF_INET, PORT_ECHO));
	for (unsigned i = 0; i < BATCH; i++) {
		out_part[i] = (struct iovec){ .iov_base = pattern, .iov_len = sizeof answers[i] };
		in_part[i] = (struct iovec){ .iov_base = answers[i], .iov_len = sizeof answers[i] };
		out[i].msg_hdr = (struct msghdr){ .msg_name = &flow.remote.name, .msg_namelen = flow.remote.length,
						  .msg_iov = &out_part[i], .msg_iovlen = 1 };
		in[i].msg_hdr = (struct msghdr){ .msg_iov = &in_part[i], .msg_iovlen = 1 };
	}
	for (unsigned turn = 0; turn < options.count; turn++) {
		int sent = sendmmsg(flow.fd, out, BATCH, 0);
		if (sent != BATCH)
			die(EXIT_IO, "sendmmsg: %s", strerror(errno));
		flow.sent += BATCH * sizeof answers[0];
		for (int got = 0; got < BATCH;) {
			int now = recvmmsg(flow.fd, in, (unsigned)(BATCH - got), MSG_WAITFORONE, NULL);
			if (now <= 0)
				die(EXIT_IO, "recvmmsg: %s", strerror(errno));
			got += now;
			flow.received += (uint64_t)now * sizeof answers[0];
		}
	}
	flow_end(&flow);
	return 0;
}
