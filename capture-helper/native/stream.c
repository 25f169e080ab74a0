/* The way out: one buffer, one descriptor, never blocking. Bound: OUT_BYTES. When it is full nobody waits and nothing is thrown
 * away here: callers stop giving ring blocks back, and the kernel counts what it cannot keep. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kaipo-capture.h"

/* Holds the largest block and still fits in a second-level cache: what memcpy puts here, write() reads again. */
#define OUT_BYTES (512 * 1024)
_Static_assert(OUT_BYTES >= MAX_BLOCK_BYTES, "one block must fit");

static uint8_t out[OUT_BYTES];
static size_t out_length, out_sent;
static int out_fd;
uint64_t stream_written;

void open_stream(int fd)
{
	/* Room for one burst while the reader is busy, so that both sides wake up for many packets. The kernel caps it. */
	const int bytes = 1024 * 1024;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) != 0 && errno == ENOTSOCK)
		fcntl(fd, F_SETPIPE_SZ, bytes);
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		die(EXIT_IO, "stream: %s", strerror(errno));
	out_fd = fd;
}

/* True when all is written. A reader that is gone is the usual end of a capture, not an error. */
bool stream_flush(void)
{
	while (out_sent < out_length) {
		ssize_t written = write(out_fd, out + out_sent, out_length - out_sent);
		if (written < 0) {
			if (errno == EAGAIN)
				return false;
			if (errno == EINTR)
				continue;
			if (errno == EPIPE || errno == ECONNRESET)
				_exit(EXIT_ORDERLY);
			die(EXIT_IO, "stream: %s", strerror(errno));
		}
		out_sent += (size_t)written;
		stream_written += (uint64_t)written;
	}
	out_length = out_sent = 0;
	return true;
}

/* Room for one block, or NULL when the reader has to catch up first. */
uint8_t *stream_reserve(size_t bytes)
{
	if (sizeof out - out_length < bytes)
		stream_flush();
	return sizeof out - out_length < bytes ? NULL : out + out_length;
}

void stream_commit(size_t bytes)
{
	out_length += bytes;
}
