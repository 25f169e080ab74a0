/* As many datagrams or connections as a machine makes, and what one of them cost. For tests of what gives way under load, and for
 * benchmarks; no scenario of the selftest. Says on standard output how many and how long: "sends 200000 in 912345678 ns". */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "workload.h"

#define DATAGRAM 64
#define PACE_EVERY 100

static uint64_t monotonic_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* options.bytes: so many a second, 0: as fast as it goes. */
static void keep_pace(uint64_t begun_ns, unsigned done)
{
	if (options.bytes == 0 || done % PACE_EVERY != 0)
		return;
	uint64_t due_ns = begun_ns + (uint64_t)done * 1000000000u / options.bytes, now = monotonic_ns();
	if (due_ns > now)
		pause_us((unsigned)((due_ns - now) / 1000));
}

/* `count` unconnected datagrams to the sink, a new socket after every `workers` of them. */
int client_udp_storm(void)
{
	unsigned sent = 0;
	uint64_t begun_ns = monotonic_ns(), sending_ns = 0;
	while (sent < options.count) {
		struct flow flow;
		flow_unconnected(&flow, server_address(AF_INET, PORT_SINK));
		uint64_t from_ns = monotonic_ns();
		for (unsigned i = 0; i < options.workers && sent < options.count; i++, sent++)
			flow_send(&flow, pattern, DATAGRAM);
		sending_ns += monotonic_ns() - from_ns;
		flow_end(&flow);
		keep_pace(begun_ns, sent);
	}
	printf("sends %u in %llu ns\n", sent, (unsigned long long)sending_ns);
	return 0;
}

/* `count` connections to the echo, each reset at once so that its port is free again. Each is told unless --workers 0. */
int client_tcp_storm(void)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };
	uint64_t begun_ns = monotonic_ns(), connecting_ns = 0;
	for (unsigned i = 1; i <= options.count; i++) {
		struct flow flow;
		uint64_t from_ns = monotonic_ns();
		flow_connect(&flow, SOCK_STREAM, server_address(AF_INET, PORT_ECHO));
		connecting_ns += monotonic_ns() - from_ns;
		setsockopt(flow.fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
		if (options.workers > 0)
			flow_end(&flow);
		else
			close(flow.fd);
		keep_pace(begun_ns, i);
	}
	printf("connects %u in %llu ns, %llu ns in all\n", options.count, (unsigned long long)connecting_ns,
	       (unsigned long long)(monotonic_ns() - begun_ns));
	return 0;
}
