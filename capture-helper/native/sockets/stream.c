/* The way out: one buffer, one descriptor, whole records only. A reader that is gone is the usual end. Bound: OUT_BYTES. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kaipo-sockets.h"

#define OUT_BYTES (SOCKET_RECORD_BYTES * 512)

static uint8_t out[OUT_BYTES];
static size_t out_length;
static int out_fd;

void open_stream(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) != 0)
		die(EXIT_IO, "stream: %s", strerror(errno));
	out_fd = fd;
}

void flush_stream(void)
{
	for (size_t sent = 0; sent < out_length;) {
		ssize_t written = write(out_fd, out + sent, out_length - sent);
		if (written >= 0)
			sent += (size_t)written;
		else if (errno == EPIPE || errno == ECONNRESET)
			_exit(EXIT_ORDERLY);
		else if (errno != EINTR)
			die(EXIT_IO, "stream: %s", strerror(errno));
	}
	out_length = 0;
}

void put_record(const void *record)
{
	if (out_length + SOCKET_RECORD_BYTES > sizeof out)
		flush_stream();
	memcpy(out + out_length, record, SOCKET_RECORD_BYTES);
	out_length += SOCKET_RECORD_BYTES;
}
