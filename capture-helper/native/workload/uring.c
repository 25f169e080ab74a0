/* A connection through io_uring alone: connect, send and receive are entries of a ring, not system calls of their own. Owns a ring
 * of one entry at a time, without liburing. Skipped where the kernel refuses a ring. */
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "workload.h"

struct ring {
	int fd;
	uint8_t *submissions, *completions;
	struct io_uring_sqe *entries;
	struct io_uring_params offsets;
};

static void *map(const struct ring *ring, size_t bytes, uint64_t place)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, (off_t)place);
	if (memory == MAP_FAILED)
		skip("io_uring: mmap: %s", strerror(errno));
	return memory;
}

static void open_ring(struct ring *ring)
{
	memset(ring, 0, sizeof *ring);
	ring->fd = (int)syscall(SYS_io_uring_setup, 4, &ring->offsets);
	if (ring->fd < 0)
		skip("io_uring: %s", strerror(errno));
	const struct io_uring_params *p = &ring->offsets;
	ring->submissions = map(ring, p->sq_off.array + p->sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
	ring->completions = map(ring, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	ring->entries = map(ring, p->sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
}

static uint32_t *word(uint8_t *base, uint32_t offset)
{
	return (uint32_t *)(void *)(base + offset);
}

/* Submits one entry and waits for its end. */
static int submit(struct ring *ring, struct io_uring_sqe entry)
{
	const struct io_uring_params *p = &ring->offsets;
	uint32_t *tail = word(ring->submissions, p->sq_off.tail);
	uint32_t index = *tail & *word(ring->submissions, p->sq_off.ring_mask);
	ring->entries[index] = entry;
	word(ring->submissions, p->sq_off.array)[index] = index;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		skip("io_uring: %s", strerror(errno));
	uint32_t *head = word(ring->completions, p->cq_off.head);
	if (*head == __atomic_load_n(word(ring->completions, p->cq_off.tail), __ATOMIC_ACQUIRE))
		die(EXIT_IO, "io_uring: nothing was completed");
	const struct io_uring_cqe *done = (const struct io_uring_cqe *)(void *)(ring->completions + p->cq_off.cqes);
	int result = done[*head & *word(ring->completions, p->cq_off.ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

static int must(int result, const char *what)
{
	if (result <= 0)
		die(EXIT_IO, "io_uring %s: %s", what, strerror(-result));
	return result;
}

int client_io_uring(void)
{
	static uint8_t answer[MAX_MESSAGE];
	struct ring ring;
	struct flow flow;
	open_ring(&ring);
	flow_begin(&flow, "tcp");
	flow.remote = server_address(AF_INET, PORT_ECHO);
	flow.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct io_uring_sqe entry = { .opcode = IORING_OP_CONNECT, .fd = flow.fd,
				      .addr = (uint64_t)(uintptr_t)&flow.remote.name, .off = flow.remote.length };
	int result = submit(&ring, entry);
	if (result < 0)
		die(EXIT_IO, "io_uring connect: %s", strerror(-result));
	flow_learn_local(&flow);
	for (uint64_t done = 0; done < options.bytes;) {
		uint32_t part = options.bytes - done < 16384 ? (uint32_t)(options.bytes - done) : 16384;
		entry = (struct io_uring_sqe){ .opcode = IORING_OP_SEND, .fd = flow.fd,
					       .addr = (uint64_t)(uintptr_t)pattern, .len = part };
		int sent = must(submit(&ring, entry), "send");
		flow.sent += (uint64_t)sent;
		done += (uint64_t)sent;
		while (flow.received < flow.sent) {
			entry = (struct io_uring_sqe){ .opcode = IORING_OP_RECV, .fd = flow.fd,
						       .addr = (uint64_t)(uintptr_t)answer, .len = sizeof answer };
			flow.received += (uint64_t)must(submit(&ring, entry), "receive");
		}
	}
	flow_end(&flow);
	close(ring.fd);
	return 0;
}
