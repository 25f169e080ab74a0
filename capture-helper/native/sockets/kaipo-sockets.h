/* kaipo-sockets: what each TCP connection of this network namespace has moved, from the kernel's socket table (NETLINK_SOCK_DIAG).
 * Needs no privilege and gives up any it has. One process, one thread, no heap. The stream: ../../SOCKETS.md. */
#ifndef KAIPO_SOCKETS_H
#define KAIPO_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef KAIPO_VERSION
#define KAIPO_VERSION "unknown"
#endif
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the stream is written in little endian"
#endif

/* Numbers of the stream: the same as in ../../src/contract/sockets.ts, a test compares them. */
#define SOCKET_STREAM_MAGIC 0x4b534b01
#define SOCKET_RECORD_BYTES 96
#define RECORD_HELLO 1
#define RECORD_SOCKET 2
#define RECORD_CLOSED 3
#define RECORD_SNAPSHOT 4
#define RECORD_LOST 5
/* Flags of a socket that closed: what the kernel keeps of it when it is gone. */
#define FLAG_WAITS_FOR_FIN 1
#define FLAG_TIME_WAIT 2
#define FLAG_NOT_ASKED 4
#define FLAG_LISTENS 8
/* Flag of a snapshot: it has every socket there was. */
#define FLAG_COMPLETE 1
#define MAX_SNAPSHOT_SOCKETS 65536

enum {
	EXIT_ORDERLY = 0,
	EXIT_BAD_USAGE = 64,
	EXIT_UNAVAILABLE = 69,
	EXIT_IO = 74,
	EXIT_NO_PERMISSION = 77,
};

/* Layout on the stream; every field lies at a multiple of its size. */
struct socket_record {
	uint8_t kind;
	uint8_t family; /* 4, 6 */
	uint8_t state;  /* include/net/tcp_states.h */
	uint8_t flags;
	uint32_t uid; /* 0 of a socket that closed: the kernel no longer says */
	uint64_t cookie;
	uint32_t inode; /* 0 of a socket that closed, likewise */
	uint16_t local_port, remote_port;
	uint8_t local[16], remote[16]; /* network order; IPv4 in the first 4 bytes */
	uint32_t interface;            /* only of sockets bound to one */
	uint32_t receive_queue;        /* received and not yet read */
	uint64_t bytes_sent;           /* payload, also what was sent again */
	uint64_t bytes_sent_again;
	uint64_t bytes_acked;    /* with one for SYN, one for FIN */
	uint64_t bytes_received; /* with one for FIN */
};
_Static_assert(sizeof(struct socket_record) == SOCKET_RECORD_BYTES, "no padding");

struct hello_record {
	uint8_t kind, zero[3];
	uint32_t magic;
	uint32_t pid, uid, gid, seccomp;
	uint64_t capabilities; /* effective and permitted */
	uint32_t no_new_privs, interval_ms;
	uint8_t rest[56];
};
_Static_assert(sizeof(struct hello_record) == SOCKET_RECORD_BYTES, "no padding");

struct count_record {
	uint8_t kind, flags, zero[2];
	uint32_t round;       /* of snapshots, from 1 */
	uint64_t count;       /* sockets of the snapshot; times that notifications were lost */
	uint64_t elapsed_us;  /* since the program began */
	uint8_t rest[72];
};
_Static_assert(sizeof(struct count_record) == SOCKET_RECORD_BYTES, "no padding");

/* main.c */
void die(int code, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

/* privileges.c */
void drop_privileges(void);
void close_strays(int stream_fd);
void close_the_door(int stream_fd, const int *netlink_fds, size_t count);
void describe_privileges(struct hello_record *hello);

/* diag.c */
extern int notification_fd, dump_fd, lookup_fd;
extern uint64_t lost_notifications;
void open_diag(void);
void read_notifications(void);
bool write_snapshot(uint32_t *sockets);

/* stream.c: waits for a slow reader; the kernel's queue of notifications is bounded and what it drops is counted */
void open_stream(int fd);
void put_record(const void *record);
void flush_stream(void);

#endif
