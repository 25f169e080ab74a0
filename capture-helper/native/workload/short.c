/* Processes of one socket each that live for milliseconds: one after the other, many at once, on ports and pids that repeat, and
 * on loopback. Owns the mix of families and kinds of sockets. Bound: options.workers processes at a time. */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.h"

enum { TCP4, TCP6, UDP4, UDP6, UDP4_UNCONNECTED, UDP6_UNCONNECTED, TCP_MAPPED, UDP_MAPPED, SHORT_KINDS };

/* An IPv4 server asked for through an IPv6 socket. */
static struct address mapped(struct address v4)
{
	struct address address = { .length = sizeof(struct sockaddr_in6) };
	struct sockaddr_in6 *name = (struct sockaddr_in6 *)&address.name;
	name->sin6_family = AF_INET6;
	name->sin6_addr.s6_addr[10] = name->sin6_addr.s6_addr[11] = 0xff;
	memcpy(&name->sin6_addr.s6_addr[12], &((struct sockaddr_in *)&v4.name)->sin_addr, 4);
	set_port(&address, port_of(&v4));
	return address;
}

int client_short(void)
{
	uint64_t random = options.seed;
	size_t bytes = 32 + next_random(&random) % 1200;
	unsigned hold_us = 500 + (unsigned)(next_random(&random) % 3500);
	unsigned kind = options.variant % SHORT_KINDS;
	struct address v4 = server_address(AF_INET, PORT_ECHO), v6 = server_address(AF_INET6, PORT_ECHO);
	struct flow flow;
	switch (kind) {
	case TCP4: flow_connect(&flow, SOCK_STREAM, v4); break;
	case TCP6: flow_connect(&flow, SOCK_STREAM, v6); break;
	case UDP4: flow_connect(&flow, SOCK_DGRAM, v4); break;
	case UDP6: flow_connect(&flow, SOCK_DGRAM, v6); break;
	case UDP4_UNCONNECTED: flow_unconnected(&flow, v4); break;
	case UDP6_UNCONNECTED: flow_unconnected(&flow, v6); break;
	case TCP_MAPPED: flow_connect(&flow, SOCK_STREAM, mapped(v4)); break;
	default: flow_connect(&flow, SOCK_DGRAM, mapped(v4));
	}
	flow_echo(&flow, bytes);
	if (options.local_port == 0) {
		pause_us(hold_us);
	} else if (flow.transport[0] == 't') {
		/* Reset instead of TIME_WAIT: the next process may have this very port at once. */
		const struct linger none = { .l_onoff = 1, .l_linger = 0 };
		setsockopt(flow.fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	}
	flow_end(&flow);
	return 0;
}

static void must_do(pid_t pid)
{
	int code = wait_for(pid);
	if (code != 0)
		die(code, "a client of %s ended with %d", options.scenario, code);
}

int run_short_sequential(void)
{
	for (unsigned i = 0; i < options.count; i++)
		must_do(spawn_client(made_name("kw-short", i % 16), "short", i, options.seed + i, 0));
	return 0;
}

/* Every worker starts its clients one after the other; all of them talk to one address and port over TCP. */
int run_short_parallel(void)
{
	for (unsigned worker = 0; worker < options.workers; worker++) {
		pid_t pid = fork();
		if (pid < 0)
			die(EXIT_IO, "fork: %s", strerror(errno));
		if (pid > 0)
			continue;
		for (unsigned i = 0; i < options.count; i++)
			must_do(spawn_client(made_name("kw-par", worker), "short", TCP4,
					     options.seed + worker * options.count + i, 0));
		_exit(0);
	}
	int worst = 0;
	for (unsigned worker = 0; worker < options.workers; worker++) {
		int code = wait_for(-1);
		worst = code > worst ? code : worst;
	}
	return worst;
}

/* UDP with the port of the process before and another port of the server: a key of the local port alone is wrong. */
int client_udp_reuse(void)
{
	struct flow flow;
	flow_connect(&flow, SOCK_DGRAM, server_address(AF_INET, PORT_ECHO_FIRST + options.variant % PORT_ECHO_COUNT));
	flow_echo(&flow, 64 + options.seed % 512);
	flow_end(&flow);
	return 0;
}

#define REUSE_PORTS 32
#define REUSE_FIRST_PORT 20000
#define REUSE_MANY_FIRST_PORT 2000
#define REUSE_PIDS 16
#define REUSE_FIRST_PID 30000
#define REUSE_NAMES 7 /* has no divisor in common with the others: a port and a pid come back under another name */

/* --clients: how many ports, from REUSE_MANY_FIRST_PORT on when they are more than usual. */
int run_port_reuse(void)
{
	unsigned ports = options.clients > REUSE_PORTS ? options.clients : REUSE_PORTS;
	unsigned first = ports > REUSE_PORTS ? REUSE_MANY_FIRST_PORT : REUSE_FIRST_PORT;
	for (unsigned i = 0; i < options.count; i++) {
		unsigned turn = i / ports;
		bool udp = i % 2 == 1;
		options.local_port = first + i % ports;
		must_do(spawn_client(made_name("kw-reuse", i % REUSE_NAMES), udp ? "udp-reuse" : "short",
				     udp ? turn : TCP4, options.seed + i, REUSE_FIRST_PID + (pid_t)(i % REUSE_PIDS)));
	}
	return 0;
}

/* The very same five-tuple from one program after another, over UDP, which has no beginning and no end on the wire. */
int run_udp_tuple_reuse(void)
{
	options.local_port = REUSE_FIRST_PORT + REUSE_PORTS;
	for (unsigned i = 0; i < options.count; i++)
		must_do(spawn_client(made_name("kw-tuple", i % REUSE_NAMES), "udp-reuse", 0, options.seed + i, 0));
	return 0;
}

/* A server of its own on this host. Both ends of its flows are here: either is a right answer. */
int run_loopback(void)
{
	int ready[2];
	char byte;
	static char exe[4096];
	if (pipe(ready) != 0)
		die(EXIT_IO, "pipe: %s", strerror(errno));
	int out = dup(STDOUT_FILENO);
	dup2(ready[1], STDOUT_FILENO);
	char *argv[] = { "kw-lo-server", "serve", NULL };
	pid_t server = spawn_with(argv[0], argv, 0);
	dup2(out, STDOUT_FILENO);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die(EXIT_IO, "the server on loopback did not start");
	snprintf(exe, sizeof exe, "%s/kw-lo-server", options.directory);
	options.group_pid = server;
	options.group_exe = exe;
	options.server4 = options.local4 = "127.0.0.1";
	options.server6 = options.local6 = "::1";
	for (unsigned i = 0; i < options.count; i++)
		must_do(spawn_client(made_name("kw-loop", i % 8), "short", i, options.seed + i, 0));
	kill(server, SIGKILL);
	wait_for(server);
	return 0;
}
