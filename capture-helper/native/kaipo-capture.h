/* kaipo-capture: opens packet rings, gives up every privilege, then only copies. This header is the whole shared state of
 * the program: one process, one thread, no heap after the start. Numbers of the stream: ../PROTOCOL.md. */
#ifndef KAIPO_CAPTURE_H
#define KAIPO_CAPTURE_H

#include <linux/filter.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifndef KAIPO_VERSION
#define KAIPO_VERSION "unknown"
#endif
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the stream is written in little endian"
#endif

/* Bounds: the same as in ../src/contract/blocks.ts, a test compares them. */
#define MAX_CAPTURE_INTERFACES 64
#define MIN_SNAPLEN 64
#define MAX_SNAPLEN 262144
#define MAX_FILTER_BYTES 4096
/* Ring memory one process may take when somebody else than root starts it. */
#define MAX_RINGS_MIB 1024
#define DEFAULT_USER "nobody"
#define MAX_CUSTOM_TEXT 4096
#define MAX_BLOCK_BYTES (MAX_SNAPLEN + 256)
#define CUSTOM_PEN 32473
#define CUSTOM_MAGIC 0x4b414901
#define CUSTOM_PRIVILEGES 1
#define CUSTOM_INTERFACE 2
#define CUSTOM_NOTICE 3
#define CUSTOM_EVENT_FORMAT 4
#define CUSTOM_PROCESSES 5
#define CUSTOM_EVENTS 6
#define CUSTOM_EVENT_ROUND 7
/* Body of kinds 4 to 7, at most. */
#define MAX_CUSTOM_BINARY (MAX_EVENT_PAGE + 8)
/* A page of the kernel's ring: its header and its data. */
#define MAX_EVENT_PAGE 65536 /* of the largest kernel pages */
#define MAX_EVENT_CPUS 512
#define EVENT_ROUND_BYTES (1024 * 1024) /* a CPU and round, at most */
#define EVENT_INSTANCE "kaipo-"

#define LINKTYPE_ETHERNET 1
#define LINKTYPE_RAW 101

/* sysexits.h, as in ../src/contract/reports.ts */
enum {
	EXIT_ORDERLY = 0,
	EXIT_BAD_USAGE = 64,
	EXIT_BAD_FILTER = 65,
	EXIT_NO_INTERFACE = 66,
	EXIT_UNAVAILABLE = 69,
	EXIT_IO = 74,
	EXIT_NO_PERMISSION = 77,
};

struct options {
	const char *interfaces[MAX_CAPTURE_INTERFACES];
	unsigned interface_count;
	const char *filter; /* NULL: none */
	unsigned snaplen;
	unsigned ring_mib; /* per interface */
	int stream_fd;
	bool standby;
	bool promiscuous;
	bool events;
	unsigned block_timeout_ms;
	const char *user;
	const char *group;   /* only for --install */
	const char *install; /* NULL: capture */
};

enum link_state { LINK_UP, LINK_DOWN, LINK_GONE };

/* One interface: its socket, its ring in the kernel and what passed so far. */
struct ring {
	char name[IFNAMSIZ];
	unsigned id; /* interface id in the stream */
	int fd;
	int ifindex;
	uint16_t hardware; /* ARPHRD_* */
	uint16_t linktype;
	bool cooked; /* SOCK_DGRAM: the kernel takes the link header off */
	bool loopback;
	bool has_mac;
	uint8_t mac[6];
	enum link_state state;     /* as last seen */
	enum link_state announced; /* as last written to the stream */

	uint8_t *map;
	uint32_t block_bytes;
	uint32_t block_count;
	uint32_t snaplen;
	uint32_t block;     /* the next one the kernel hands over */
	uint32_t remaining; /* packets of that block not yet copied; 0: not begun */
	uint32_t offset;    /* of the next of them, within the block */
	unsigned granted_mib;

	/* since the stream began; the last three are the ISB */
	uint64_t received;  /* by the kernel, dropped ones included */
	uint64_t dropped;   /* by the kernel: the ring was full */
	uint64_t delivered; /* put into the stream */
};

/* The kernel's event ring, and what was copied out of it. */
struct events {
	char name[32];  /* of the instance */
	char why[160];  /* why there are none; empty: there are, or nobody asked */
	unsigned cpus;
	int raw_first;  /* -1: no events; descriptors follow each other: raw, statistics, switches */
	int control_first; /* a switch for each of `enabled` events, buffer_size_kb, tracing_on */
	unsigned enabled;
	unsigned routes;   /* the first of them */
	int size_fd, switch_fd;
	bool routes_off; /* a storm: they cost more than they tell */
	unsigned calm_in;
	uint64_t lost;   /* by the kernel, since the start */
	uint64_t bytes, bytes_before;
	bool in_round, is_cut;
	uint64_t complete_ns; /* everything before was copied */
	uint64_t round_start_ns, round_bytes;
	bool done[MAX_EVENT_CPUS]; /* in this round */
};

extern struct events events;
extern struct ring rings[MAX_CAPTURE_INTERFACES];
extern unsigned ring_count;

/* main.c: one line on stderr, then the end. The only way this program fails. */
void die(int code, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* args.c */
void parse_arguments(int argc, char **argv, struct options *options);

/* interfaces.c: what an interface is, and the only privileged call, socket(AF_PACKET) */
void open_interfaces(const struct options *options);
bool refresh_ifindex(struct ring *ring);
enum link_state link_state(const struct ring *ring);

/* drop.c */
void drop_privileges(const char *user);
void drop_all_but_dac_override(const char *user);
void close_strays(int stream_fd, bool keep_stdin);
int open_own_status(void);
void describe_privileges(int status_fd, unsigned ring_mib, char *text, size_t size);

/* events.c */
void open_events(const struct options *options);
void start_events(void);
bool copy_events(void);
void count_lost_events(void);
void watch_event_storm(void);

/* janitor.c */
void start_janitor(int instances, const char *name, const char *user);

/* snapshot.c */
void snapshot_format(int fd);
void snapshot_processes(void);
bool copy_snapshot(void);

/* install.c */
void install(const char *path, const char *group) __attribute__((noreturn));

/* filter.c */
void attach_filters(const struct options *options);
void attach_drop_all(struct ring *ring);

/* rings.c */
void open_rings(const struct options *options);
bool copy_block(struct ring *ring, bool *more);
void read_kernel_counters(struct ring *ring);

/* stream.c: the output buffer */
extern uint64_t stream_written; /* bytes the reader's side has taken */
void open_stream(int fd);
bool stream_flush(void);
uint8_t *stream_reserve(size_t bytes);
void stream_commit(size_t bytes);

/* blocks.c: false when the stream is full; nothing was written then */
void append_start(const struct options *options, const char *privileges);
bool append_custom(uint32_t kind, const char *text);
bool append_binary(uint32_t kind, int fd, off_t offset, size_t length);
int append_event_page(unsigned cpu, int fd);
bool append_event_round(uint64_t complete_to_ns, uint64_t mono_ns, uint64_t real_ns);
bool append_state(struct ring *ring);
bool append_statistics(struct ring *ring);

/* seccomp.c */
void close_the_outer_door(void);
void close_the_door(int stream_fd);
void close_the_back_door(int life, int instances);

/* loop.c */
void run(const struct options *options) __attribute__((noreturn));
void block_signals(void);
void wait_for_stdin(int stream_fd);

#endif
