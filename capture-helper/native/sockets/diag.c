/* The kernel's socket table (net/ipv4/inet_diag.c): notifications of sockets that are destroyed, and dumps of those that live. Every
 * length of a message is checked before it is used. Bound: one message buffer, MAX_SNAPSHOT_SOCKETS rows a dump. */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kaipo-sockets.h"

#define MESSAGE_BYTES (64 * 1024)
#define QUEUE_BYTES (4 * 1024 * 1024)
/* Questions about closed sockets between two waits: a storm of them must not keep notifications waiting. */
#define MAX_LOOKUPS 256

enum { STATE_ESTABLISHED = 1, STATE_SYN_SENT, STATE_SYN_RECV, STATE_FIN_WAIT1, STATE_FIN_WAIT2, STATE_TIME_WAIT, STATE_CLOSE,
       STATE_CLOSE_WAIT, STATE_LAST_ACK, STATE_LISTEN, STATE_CLOSING };

#define WANTED_STATES \
	(1U << STATE_ESTABLISHED | 1U << STATE_SYN_SENT | 1U << STATE_FIN_WAIT1 | 1U << STATE_FIN_WAIT2 | 1U << STATE_CLOSE_WAIT | \
	 1U << STATE_LAST_ACK | 1U << STATE_LISTEN | 1U << STATE_CLOSING)

int notification_fd, dump_fd, lookup_fd;
uint64_t lost_notifications;

static uint8_t message[MESSAGE_BYTES] __attribute__((aligned(8)));
static unsigned lookups;

static int open_netlink(uint32_t groups)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
		die(errno == EPERM || errno == EACCES ? EXIT_NO_PERMISSION : EXIT_UNAVAILABLE, "sock_diag: %s", strerror(errno));
	int bytes = QUEUE_BYTES; /* the kernel grants what net.core.rmem_max allows */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	return fd;
}

void open_diag(void)
{
	notification_fd = open_netlink(1U << (SKNLGRP_INET_TCP_DESTROY - 1) | 1U << (SKNLGRP_INET6_TCP_DESTROY - 1));
	dump_fd = open_netlink(0);
	lookup_fd = open_netlink(0);
}

/* Only the kernel may speak: any process can send to a netlink socket of its own user. Returns the length, 0 when nothing is there. */
static size_t receive(int fd, int flags)
{
	for (;;) {
		struct sockaddr_nl from;
		socklen_t from_length = sizeof from;
		ssize_t length = recvfrom(fd, message, sizeof message, flags | MSG_TRUNC, (struct sockaddr *)&from, &from_length);
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0 && errno == ENOBUFS && fd == notification_fd) {
			lost_notifications++;
			continue;
		}
		if (length < 0 && (errno == EAGAIN || errno == ENOBUFS))
			return 0;
		if (length < 0)
			die(EXIT_IO, "sock_diag: %s", strerror(errno));
		if (from_length != sizeof from || from.nl_pid != 0)
			continue;
		if ((size_t)length > sizeof message)
			die(EXIT_IO, "sock_diag: a message of %zd bytes", length);
		return (size_t)length;
	}
}

/* False: not a socket with counts (a socket in TIME_WAIT has none). */
static bool parse_socket(const struct nlmsghdr *header, struct socket_record *record)
{
	const struct inet_diag_msg *diag = NLMSG_DATA(header);
	if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY || header->nlmsg_len < NLMSG_LENGTH(sizeof *diag))
		return false;
	if (diag->idiag_family != AF_INET && diag->idiag_family != AF_INET6)
		return false;
	memset(record, 0, sizeof *record);
	record->family = diag->idiag_family == AF_INET ? 4 : 6;
	record->state = diag->idiag_state;
	record->uid = diag->idiag_uid;
	record->cookie = diag->id.idiag_cookie[0] | (uint64_t)diag->id.idiag_cookie[1] << 32;
	record->inode = diag->idiag_inode;
	record->local_port = ntohs(diag->id.idiag_sport);
	record->remote_port = ntohs(diag->id.idiag_dport);
	memcpy(record->local, diag->id.idiag_src, record->family == 4 ? 4 : 16);
	memcpy(record->remote, diag->id.idiag_dst, record->family == 4 ? 4 : 16);
	record->interface = diag->id.idiag_if;
	record->receive_queue = diag->idiag_rqueue;

	const struct rtattr *attribute = (const void *)(diag + 1);
	int left = (int)(header->nlmsg_len - NLMSG_LENGTH(sizeof *diag));
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
		struct tcp_info info;
		if (attribute->rta_type != INET_DIAG_INFO || RTA_PAYLOAD(attribute) < offsetof(struct tcp_info, tcpi_dsack_dups))
			continue;
		memcpy(&info, RTA_DATA(attribute), offsetof(struct tcp_info, tcpi_dsack_dups));
		record->bytes_sent = info.tcpi_bytes_sent;
		record->bytes_sent_again = info.tcpi_bytes_retrans;
		record->bytes_acked = info.tcpi_bytes_acked;
		record->bytes_received = info.tcpi_bytes_received;
		return true;
	}
	return false;
}

static void ask(int fd, uint8_t family, uint16_t flags, uint32_t states, uint32_t sequence, const struct inet_diag_sockid *id)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} request = {
		.header = { .nlmsg_len = sizeof request, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | flags,
			    .nlmsg_seq = sequence },
		.body = { .sdiag_family = family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = states,
			  .idiag_ext = 1U << (INET_DIAG_INFO - 1) },
	};
	if (id != NULL)
		request.body.id = *id;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	while (sendto(fd, &request, sizeof request, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0)
		if (errno != EINTR)
			die(EXIT_IO, "sock_diag: %s", strerror(errno));
}

/* What is left of a closed connection tells whether its full socket had heard the other side's FIN, which counts as a byte: it may
 * have become a small one that still waits for it. Where nothing is left the kernel finds the listener instead, if there is one.
 * The answer is there before sendto() returns. */
static uint8_t what_is_left(const struct inet_diag_msg *diag)
{
	static uint32_t sequence;
	if (lookups >= MAX_LOOKUPS)
		return FLAG_NOT_ASKED;
	lookups++;
	struct inet_diag_sockid id = diag->id; /* the buffer it lies in is used again */
	uint8_t flags = 0;
	id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	ask(lookup_fd, diag->idiag_family, 0, ~0U, ++sequence, &id);
	for (size_t length; (length = receive(lookup_fd, MSG_DONTWAIT)) > 0;) {
		const struct nlmsghdr *header = (const void *)message;
		if (!NLMSG_OK(header, length) || header->nlmsg_seq != sequence || header->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    header->nlmsg_len < NLMSG_LENGTH(sizeof *diag))
			continue;
		const struct inet_diag_msg *found = NLMSG_DATA(header);
		if (found->idiag_state == STATE_LISTEN)
			flags = FLAG_LISTENS;
		else if (found->idiag_state == STATE_TIME_WAIT)
			flags = FLAG_TIME_WAIT;
		else if (found->idiag_state == STATE_FIN_WAIT2 && found->idiag_inode == 0)
			flags = FLAG_WAITS_FOR_FIN;
	}
	return flags;
}

/* All that wait. A datagram of this group has one message. */
void read_notifications(void)
{
	lookups = 0;
	for (size_t length; (length = receive(notification_fd, MSG_DONTWAIT)) > 0;) {
		const struct nlmsghdr *header = (const void *)message;
		struct socket_record record;
		if (!NLMSG_OK(header, length) || !parse_socket(header, &record))
			continue;
		record.kind = RECORD_CLOSED;
		if (record.bytes_received > 0)
			record.flags = what_is_left(NLMSG_DATA(header));
		put_record(&record);
	}
}

static bool dump(uint8_t family, uint32_t sequence, uint32_t *sockets)
{
	bool complete = true;
	ask(dump_fd, family, NLM_F_DUMP, WANTED_STATES, sequence, NULL);
	for (;;) {
		size_t length = receive(dump_fd, 0);
		if (length == 0)
			return false;
		for (const struct nlmsghdr *header = (const void *)message; NLMSG_OK(header, length); header = NLMSG_NEXT(header, length)) {
			struct socket_record record;
			if (header->nlmsg_seq != sequence)
				continue; /* the rest of a dump that was given up */
			if (header->nlmsg_flags & NLM_F_DUMP_INTR)
				complete = false;
			if (header->nlmsg_type == NLMSG_DONE)
				return complete;
			if (header->nlmsg_type == NLMSG_ERROR)
				return false; /* a kernel without this family */
			if (!parse_socket(header, &record))
				continue;
			if (*sockets >= MAX_SNAPSHOT_SOCKETS) {
				complete = false;
				continue;
			}
			record.kind = RECORD_SOCKET;
			put_record(&record);
			++*sockets;
		}
	}
}

/* Dumps are read to their end before any notification: what a dump says of a socket is older than the notification of its end. */
bool write_snapshot(uint32_t *sockets)
{
	static uint32_t sequence = 1U << 31;
	*sockets = 0;
	bool ipv4 = dump(AF_INET, sequence++, sockets);
	bool ipv6 = dump(AF_INET6, sequence++, sockets);
	return ipv4 && ipv6;
}
