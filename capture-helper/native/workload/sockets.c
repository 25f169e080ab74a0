/* Sockets of clients: addresses, and a flow from its first system call to its last. Owns what is counted as payload. A system call
 * that fails ends the client: a scenario that did not happen as meant must not be scored. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "workload.h"

uint8_t pattern[MAX_MESSAGE];

bool parse_address(const char *text, unsigned port, struct address *address)
{
	*address = (struct address){ 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&address->name;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&address->name;
	if (text == NULL)
		return false;
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		address->length = sizeof *v4;
	} else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		address->length = sizeof *v6;
	} else {
		return false;
	}
	set_port(address, port);
	return true;
}

void set_port(struct address *address, unsigned port)
{
	if (address->name.ss_family == AF_INET)
		((struct sockaddr_in *)&address->name)->sin_port = htons((uint16_t)port);
	else
		((struct sockaddr_in6 *)&address->name)->sin6_port = htons((uint16_t)port);
}

unsigned port_of(const struct address *address)
{
	if (address->name.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&address->name)->sin_port);
	return ntohs(((const struct sockaddr_in6 *)&address->name)->sin6_port);
}

static struct address must_parse(const char *what, const char *text, unsigned port)
{
	struct address address;
	if (!parse_address(text, port, &address))
		die(EXIT_BAD_USAGE, "%s: '%s' is no address", what, text == NULL ? "" : text);
	return address;
}

struct address server_address(int family, unsigned port)
{
	return family == AF_INET ? must_parse("--server4", options.server4, port) :
				   must_parse("--server6", options.server6, port);
}

/* Another address of the server: the same but for its last byte. */
struct address server_host(int family, unsigned last_byte)
{
	struct address address = server_address(family, 0);
	if (family == AF_INET)
		((uint8_t *)&((struct sockaddr_in *)&address.name)->sin_addr)[3] = (uint8_t)last_byte;
	else
		((struct sockaddr_in6 *)&address.name)->sin6_addr.s6_addr[15] = (uint8_t)last_byte;
	return address;
}

void flow_begin(struct flow *flow, const char *transport)
{
	*flow = (struct flow){ .fd = -1, .transport = transport, .begun_ns = now_ns() };
	if (options.group_exe != NULL)
		add_holder(flow, options.group_pid, options.group_exe);
}

void add_holder(struct flow *flow, pid_t pid, const char *exe)
{
	if (flow->group_count < MAX_GROUP)
		flow->group[flow->group_count++] = (struct holder){ .pid = pid, .exe = exe };
}

static void open_socket(struct flow *flow, int family, int type)
{
	flow->fd = socket(family, type | SOCK_CLOEXEC, 0);
	if (flow->fd < 0)
		die(EXIT_IO, "socket: %s", strerror(errno));
	/* A lost answer must end the client, not hang the run. */
	const struct timeval patience = { .tv_sec = 10 };
	setsockopt(flow->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (options.local_port == 0)
		return;
	const int on = 1;
	setsockopt(flow->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	struct address own = must_parse("--local", family == AF_INET ? "0.0.0.0" : "::", options.local_port);
	if (bind(flow->fd, (struct sockaddr *)&own.name, own.length) != 0)
		die(EXIT_IO, "bind to port %u: %s", options.local_port, strerror(errno));
}

/* A TCP or connected UDP socket. */
void flow_connect(struct flow *flow, int type, struct address remote)
{
	flow_begin(flow, type == SOCK_STREAM ? "tcp" : "udp");
	flow->remote = remote;
	open_socket(flow, remote.name.ss_family, type);
	if (connect(flow->fd, (struct sockaddr *)&remote.name, remote.length) != 0)
		die(EXIT_IO, "connect to port %u: %s", port_of(&remote), strerror(errno));
	flow_learn_local(flow);
}

void flow_unconnected(struct flow *flow, struct address remote)
{
	flow_begin(flow, "udp");
	flow->remote = remote;
	open_socket(flow, remote.name.ss_family, SOCK_DGRAM);
}

static bool is_any(const struct address *address)
{
	if (address->name.ss_family == AF_INET)
		return ((const struct sockaddr_in *)&address->name)->sin_addr.s_addr == 0;
	return IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)&address->name)->sin6_addr);
}

/* Where the socket itself does not know its address, it is the one this host has towards the server. */
void flow_learn_local(struct flow *flow)
{
	flow->local.length = sizeof flow->local.name;
	if (getsockname(flow->fd, (struct sockaddr *)&flow->local.name, &flow->local.length) != 0)
		die(EXIT_IO, "getsockname: %s", strerror(errno));
	if (!is_any(&flow->local))
		return;
	unsigned port = port_of(&flow->local);
	bool v6 = flow->remote.name.ss_family == AF_INET6 &&
		  !IN6_IS_ADDR_V4MAPPED(&((struct sockaddr_in6 *)&flow->remote.name)->sin6_addr);
	flow->local = must_parse("--local", v6 ? options.local6 : options.local4, port);
}

static void send_some(struct flow *flow, const void *bytes, size_t length)
{
	bool connected = flow->local.length > 0;
	ssize_t sent = connected ? send(flow->fd, bytes, length, MSG_NOSIGNAL) :
				   sendto(flow->fd, bytes, length, MSG_NOSIGNAL,
					  (struct sockaddr *)&flow->remote.name, flow->remote.length);
	if (sent <= 0)
		die(EXIT_IO, "send: %s", strerror(errno));
	flow->sent += (uint64_t)sent;
	if ((size_t)sent < length)
		send_some(flow, (const uint8_t *)bytes + sent, length - (size_t)sent);
}

void flow_send(struct flow *flow, const void *bytes, size_t length)
{
	send_some(flow, bytes, length);
}

void flow_receive(struct flow *flow, void *bytes, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t got = recv(flow->fd, (uint8_t *)bytes + done, length - done, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			die(EXIT_IO, "recv: %s", got == 0 ? "the server closed" : strerror(errno));
		done += (size_t)got;
		flow->received += (uint64_t)got;
	}
}

/* Until the other side closes. */
void flow_drain(struct flow *flow)
{
	static _Thread_local uint8_t buffer[MAX_MESSAGE];
	for (;;) {
		ssize_t got = recv(flow->fd, buffer, sizeof buffer, 0);
		if (got < 0)
			die(EXIT_IO, "recv: %s", strerror(errno));
		if (got == 0)
			return;
		flow->received += (uint64_t)got;
	}
}

/* Sends a message and reads it back. An unconnected socket stays one. */
void flow_echo(struct flow *flow, size_t bytes)
{
	uint8_t answer[2048];
	if (bytes > sizeof answer)
		bytes = sizeof answer;
	flow_send(flow, pattern, bytes);
	flow_receive(flow, answer, bytes);
}

/* Closes and tells. */
void flow_end(struct flow *flow)
{
	if (flow->local.length == 0)
		flow_learn_local(flow);
	flow->resent = resent_bytes(flow->fd);
	close(flow->fd);
	flow->fd = -1;
	tell(flow);
}
