/* kaipo-workload: traffic that knows who made it. What every part of it shares.
 * Every client is a real process of its own name that tells, one line a flow, what it did; nothing here may look at what a monitor
 * says. Unprivileged but for what the kernel itself wants privileges for (raw sockets, AF_PACKET, a chosen pid). */
#ifndef KAIPO_WORKLOAD_H
#define KAIPO_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

enum { EXIT_BAD_USAGE = 64, EXIT_UNAVAILABLE = 69, EXIT_IO = 74, EXIT_SKIPPED = 77 };

/* Ports of the server; TCP, UDP and SCTP have the same. */
enum {
	PORT_ECHO = 7001,
	PORT_SINK = 7002,
	PORT_SOURCE = 7003,
	PORT_DIAL_BACK = 7004,
	PORT_WHO_AM_I = 7005,
	PORT_ECHO_FIRST = 7100, /* UDP echo on each of these */
	PORT_ECHO_COUNT = 64,
};

/* Last byte of the addresses that carry what has no ports: each kind has its own, so that their flows can be told apart. */
enum { HOST_ICMP_RAW = 10, HOST_ICMP_PING = 11, HOST_RAW_IP = 12, HOST_AF_PACKET = 13 };

#define RAW_PROTOCOL 253 /* RFC 3692: for experiments */
#define MAX_GROUP 16
#define MAX_MESSAGE 65536

/* argv, the same for every process of a run. */
struct options {
	const char *what;     /* of `run` the scenario, of `client` the kind */
	const char *scenario;
	const char *truth;    /* file the lines are appended to */
	const char *directory; /* where the names of this program are made */
	const char *server4, *server6;
	const char *local4, *local6;
	const char *interface, *server_mac;
	const char *group_exe;
	pid_t group_pid;
	unsigned clients;
	unsigned count;
	unsigned variant;
	unsigned workers;
	unsigned local_port;
	uint64_t bytes;
	uint64_t seed;
};
extern struct options options;

struct address {
	struct sockaddr_storage name;
	socklen_t length;
};

struct holder {
	pid_t pid;
	const char *exe;
};

/* One flow and what is true about it. `group`: other processes that held the socket, or listen beside its holder. */
struct flow {
	int fd;
	const char *transport;
	struct address local, remote;
	struct address wire; /* the local end as the server saw it, when it was translated on the way */
	uint64_t sent, received;
	uint64_t resent; /* by TCP, of its own accord */
	uint64_t begun_ns;
	struct holder group[MAX_GROUP];
	unsigned group_count;
};

/* truth.c */
uint64_t now_ns(void);
const char *own_exe(void);
void tell(const struct flow *flow);
uint64_t resent_bytes(int fd);
void tell_resent(int fd);
uint64_t next_random(uint64_t *state);
void pause_us(unsigned us);
__attribute__((noreturn, format(printf, 2, 3))) void die(int code, const char *format, ...);
__attribute__((noreturn, format(printf, 1, 2))) void skip(const char *format, ...);

/* sockets.c */
bool parse_address(const char *text, unsigned port, struct address *address);
struct address server_address(int family, unsigned port);
struct address server_host(int family, unsigned last_byte);
void set_port(struct address *address, unsigned port);
unsigned port_of(const struct address *address);
void flow_begin(struct flow *flow, const char *transport);
void flow_connect(struct flow *flow, int type, struct address remote);
void flow_unconnected(struct flow *flow, struct address remote);
void flow_learn_local(struct flow *flow);
void flow_send(struct flow *flow, const void *bytes, size_t length);
void flow_receive(struct flow *flow, void *bytes, size_t length);
void flow_drain(struct flow *flow);
void flow_echo(struct flow *flow, size_t bytes);
void flow_end(struct flow *flow);
void add_holder(struct flow *flow, pid_t pid, const char *exe);
extern uint8_t pattern[MAX_MESSAGE];

/* spawn.c */
pid_t spawn_client(const char *name, const char *kind, unsigned variant, uint64_t seed, pid_t wanted_pid);
pid_t spawn_with(const char *name, char *const argv[], pid_t wanted_pid);
int wait_for(pid_t pid);
const char *made_name(const char *prefix, unsigned number);

/* What there is to do; each answers an exit code. */
int serve(void);
int run_clients(const char *kind, const char *prefix);
int run_short_sequential(void), run_short_parallel(void), run_port_reuse(void), run_udp_tuple_reuse(void), run_loopback(void);
int client_short(void), client_udp_reuse(void);
int client_fork_inherited(void), client_prefork(void), client_reuseport(void), client_fd_open(void), client_fd_use(void);
int client_threads(void);
int client_bulk(void), client_duplex(void), client_udp(void), client_ipv6(void), client_slow_drip(void);
int client_long_lived(void), client_many_small(void), client_burst(void), client_sendfile(void), client_splice(void), client_mmsg(void);
int client_icmp_raw(void), client_icmp_ping(void), client_raw_ip(void), client_af_packet(void), client_sctp(void);
int client_io_uring(void), client_container(void), client_udp_storm(void), client_tcp_storm(void);

#endif
