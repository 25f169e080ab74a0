/* Traffic outside TCP and UDP, or past the sockets of the kernel: ICMP, SCTP, raw IP, frames through AF_PACKET. Owns these packets.
 * Each has an address of the server to itself. What the kernel or the rights of this process refuse is skipped with the reason. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "workload.h"

#define ECHO_PAYLOAD 200
#define ICMP_HEADER 8

static void open_or_skip(struct flow *flow, int family, int type, int protocol)
{
	flow->fd = socket(family, type | SOCK_CLOEXEC, protocol);
	if (flow->fd < 0)
		skip("socket: %s", strerror(errno));
	const struct timeval patience = { .tv_sec = 5 };
	setsockopt(flow->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

/* The local end is known from the options; portless flows have port 0. */
static void end_portless(struct flow *flow)
{
	bool v4 = flow->remote.name.ss_family == AF_INET;
	parse_address(v4 ? options.local4 : options.local6, 0, &flow->local);
	set_port(&flow->remote, 0);
	flow_end(flow);
}

static uint16_t checksum(const uint8_t *bytes, size_t length)
{
	uint32_t sum = 0;
	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* `type`: SOCK_DGRAM is a ping socket, whose identifier and checksum the kernel fills in. */
static int ping(int type, unsigned host)
{
	bool v4 = options.variant % 2 == 0;
	struct flow flow;
	flow_begin(&flow, v4 ? "icmp" : "icmp6");
	flow.remote = server_host(v4 ? AF_INET : AF_INET6, host);
	open_or_skip(&flow, flow.remote.name.ss_family, type, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	if (connect(flow.fd, (struct sockaddr *)&flow.remote.name, flow.remote.length) != 0)
		die(EXIT_IO, "connect: %s", strerror(errno));
	flow.local.length = 1;
	for (unsigned turn = 0; turn < options.count; turn++) {
		uint8_t message[ICMP_HEADER + ECHO_PAYLOAD] = { v4 ? ICMP_ECHO : 128, 0, 0, 0, 0x4b, 0x57, 0, (uint8_t)turn };
		uint8_t answer[512];
		memset(message + ICMP_HEADER, 0x5a, ECHO_PAYLOAD);
		uint16_t sum = checksum(message, sizeof message);
		message[2] = (uint8_t)(sum >> 8);
		message[3] = (uint8_t)sum;
		if (send(flow.fd, message, sizeof message, 0) != (ssize_t)sizeof message)
			die(EXIT_IO, "send: %s", strerror(errno));
		flow.sent += ECHO_PAYLOAD;
		/* A raw socket of IPv4 has the IP header in front, and sees every ICMP message from there. */
		size_t header = v4 && type == SOCK_RAW ? 20 : 0;
		uint8_t wanted = v4 ? ICMP_ECHOREPLY : 129;
		for (;;) {
			ssize_t got = recv(flow.fd, answer, sizeof answer, 0);
			if (got < 0)
				die(EXIT_IO, "recv: %s", strerror(errno));
			if ((size_t)got == header + sizeof message && answer[header] == wanted)
				break;
		}
		flow.received += ECHO_PAYLOAD;
	}
	end_portless(&flow);
	return 0;
}

int client_icmp_raw(void)
{
	return ping(SOCK_RAW, HOST_ICMP_RAW);
}

int client_icmp_ping(void)
{
	return ping(SOCK_DGRAM, HOST_ICMP_PING);
}

int client_raw_ip(void)
{
	struct flow flow;
	flow_begin(&flow, "253");
	flow.remote = server_host(AF_INET, HOST_RAW_IP);
	open_or_skip(&flow, AF_INET, SOCK_RAW, RAW_PROTOCOL);
	if (connect(flow.fd, (struct sockaddr *)&flow.remote.name, flow.remote.length) != 0)
		die(EXIT_IO, "connect: %s", strerror(errno));
	flow.local.length = 1;
	for (unsigned turn = 0; turn < options.count; turn++)
		flow_send(&flow, pattern, 300);
	end_portless(&flow);
	return 0;
}

#define SCTP_PROTOCOL 132

int client_sctp(void)
{
	struct flow flow;
	flow_begin(&flow, "sctp");
	flow.remote = server_address(AF_INET, PORT_ECHO);
	open_or_skip(&flow, AF_INET, SOCK_STREAM, SCTP_PROTOCOL);
	if (connect(flow.fd, (struct sockaddr *)&flow.remote.name, flow.remote.length) != 0)
		skip("SCTP: %s", strerror(errno));
	flow_learn_local(&flow);
	for (unsigned turn = 0; turn < options.count; turn++)
		flow_echo(&flow, 600);
	flow_end(&flow);
	return 0;
}

#define FRAME_PAYLOAD 100
#define FRAME_PORT 23456

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* Whole frames written to the interface: no socket of the kernel knows their ports. */
int client_af_packet(void)
{
	struct flow flow;
	struct ifreq request = { 0 };
	uint8_t frame[42 + FRAME_PAYLOAD] = { 0 };
	unsigned mac[6];
	flow_begin(&flow, "udp");
	flow.remote = server_host(AF_INET, HOST_AF_PACKET);
	set_port(&flow.remote, PORT_SINK);
	parse_address(options.local4, FRAME_PORT, &flow.local);
	if (options.interface == NULL || options.server_mac == NULL ||
	    sscanf(options.server_mac, "%x:%x:%x:%x:%x:%x", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) != 6)
		die(EXIT_BAD_USAGE, "af-packet needs --interface and --server-mac");
	open_or_skip(&flow, AF_PACKET, SOCK_RAW, 0);
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", options.interface);
	if (ioctl(flow.fd, SIOCGIFHWADDR, &request) != 0)
		die(EXIT_IO, "%s: %s", options.interface, strerror(errno));
	for (int i = 0; i < 6; i++)
		frame[i] = (uint8_t)mac[i];
	memcpy(frame + 6, request.ifr_hwaddr.sa_data, 6);
	put16(frame + 12, ETHERTYPE_IP);
	uint8_t *ip = frame + 14, *udp = ip + 20;
	ip[0] = 0x45;
	put16(ip + 2, 28 + FRAME_PAYLOAD);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, &((struct sockaddr_in *)&flow.local.name)->sin_addr, 4);
	memcpy(ip + 16, &((struct sockaddr_in *)&flow.remote.name)->sin_addr, 4);
	put16(ip + 10, checksum(ip, 20));
	put16(udp, FRAME_PORT);
	put16(udp + 2, PORT_SINK);
	put16(udp + 4, 8 + FRAME_PAYLOAD);
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6, .sll_ifindex = (int)if_nametoindex(options.interface) };
	for (unsigned turn = 0; turn < options.count; turn++) {
		if (sendto(flow.fd, frame, sizeof frame, 0, (struct sockaddr *)&to, sizeof to) != (ssize_t)sizeof frame)
			die(EXIT_IO, "%s: %s", options.interface, strerror(errno));
		flow.sent += FRAME_PAYLOAD;
	}
	flow_end(&flow);
	return 0;
}
