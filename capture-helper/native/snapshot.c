/* What only a privileged look can tell, taken once before the drop: the program, network namespace and sockets of each process. It
 * waits in a memory file until the stream takes it. Layouts: ../PROTOCOL.md. Must not know what a socket is connected to: the tables
 * of sockets are open to everybody.
 * Bounds: SNAPSHOT_BYTES, SNAPSHOT_MS; what does not fit is left out, and said. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kaipo-capture.h"

#define SNAPSHOT_BYTES (32 * 1024 * 1024)
#define SNAPSHOT_MS 2000
#define MAX_SOCKETS_A_ROW 4096

struct part {
	uint32_t kind;
	uint32_t length;
};

static int memory = -1;
static off_t filled, copied;
static uint8_t body[MAX_CUSTOM_BINARY];
static size_t body_length;

static void put_away(uint32_t kind)
{
	struct part part = { kind, (uint32_t)body_length };
	if (memory < 0)
		memory = memfd_create("kaipo-snapshot", MFD_CLOEXEC);
	if (body_length == 0 || memory < 0 || filled + (off_t)(sizeof part + body_length) > SNAPSHOT_BYTES)
		return;
	if (pwrite(memory, &part, sizeof part, filled) == (ssize_t)sizeof part &&
	    pwrite(memory, body, body_length, filled + (off_t)sizeof part) == (ssize_t)body_length)
		filled += (off_t)(sizeof part + body_length);
	body_length = 0;
}

/* The text of an event's format file. */
void snapshot_format(int fd)
{
	ssize_t length;
	body_length = 0;
	while (body_length < sizeof body && (length = read(fd, body + body_length, sizeof body - body_length)) > 0)
		body_length += (size_t)length;
	put_away(CUSTOM_EVENT_FORMAT);
	body_length = 0;
}

/* "socket:[123]", "net:[4026531840]": the number, or 0. */
static uint64_t inode_of(int directory, const char *path, const char *kind)
{
	char text[64];
	size_t skip = strlen(kind);
	ssize_t length = readlinkat(directory, path, text, sizeof text - 1);
	if (length <= (ssize_t)skip || memcmp(text, kind, skip) != 0)
		return 0;
	text[length] = '\0';
	return strtoull(text + skip, NULL, 10);
}

/* Field 22 of /proc/PID/stat; the name before it may hold anything, also ")". */
static uint64_t start_of(int directory)
{
	char text[1024];
	int fd = openat(directory, "stat", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = '\0';
	char *at = strrchr(text, ')');
	for (int field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

static void add_row(uint32_t pid, uint64_t start, uint32_t net, const char *exe, size_t exe_length, const uint64_t *inodes, uint32_t count)
{
	uint32_t head[6] = { pid, net, (uint32_t)start, (uint32_t)(start >> 32), (uint32_t)exe_length, count };
	size_t padded = (exe_length + 7) & ~(size_t)7;
	size_t length = sizeof head + padded + 8 * (size_t)count;
	if (body_length + length > sizeof body)
		put_away(CUSTOM_PROCESSES);
	memcpy(body + body_length, head, sizeof head);
	memset(body + body_length + sizeof head, 0, padded);
	memcpy(body + body_length + sizeof head, exe, exe_length);
	memcpy(body + body_length + sizeof head + padded, inodes, 8 * (size_t)count);
	body_length += length;
}

static void add_process(int proc, const char *pid)
{
	static uint64_t inodes[MAX_SOCKETS_A_ROW];
	char exe[4096];
	int directory = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return;
	ssize_t exe_length = readlinkat(directory, "exe", exe, sizeof exe);
	uint32_t net = (uint32_t)inode_of(directory, "ns/net", "net:["), number = (uint32_t)strtoul(pid, NULL, 10), count = 0;
	uint64_t start = start_of(directory);
	size_t exe_bytes = exe_length > 0 ? (size_t)exe_length : 0;
	int fds = openat(directory, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fds < 0 ? NULL : fdopendir(fds);
	struct dirent *entry;
	while (list != NULL && (entry = readdir(list)) != NULL) {
		uint64_t inode = inode_of(fds, entry->d_name, "socket:[");
		if (inode == 0)
			continue;
		inodes[count++] = inode;
		if (count == MAX_SOCKETS_A_ROW) {
			add_row(number, start, net, exe, exe_bytes, inodes, count);
			count = 0;
		}
	}
	add_row(number, start, net, exe, exe_bytes, inodes, count);
	if (list != NULL)
		closedir(list);
	close(directory);
}

void snapshot_processes(void)
{
	struct timespec begun, now;
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	clock_gettime(CLOCK_MONOTONIC, &begun);
	body_length = 0;
	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		clock_gettime(CLOCK_MONOTONIC, &now);
		if ((now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1000000 > SNAPSHOT_MS) {
			say("/proc: more processes than can be looked at in %d ms: some of the sockets that are open now stay unknown", SNAPSHOT_MS);
			break;
		}
		add_process(dirfd(proc), entry->d_name);
	}
	put_away(CUSTOM_PROCESSES);
	if (proc != NULL)
		closedir(proc);
}

/* False: the stream is full. */
bool copy_snapshot(void)
{
	while (copied < filled) {
		struct part part;
		if (pread(memory, &part, sizeof part, copied) != (ssize_t)sizeof part)
			die(EXIT_IO, "snapshot: cannot be read back");
		if (!append_binary(part.kind, memory, copied + (off_t)sizeof part, part.length))
			return false;
		copied += (off_t)(sizeof part + part.length);
	}
	if (memory >= 0)
		close(memory);
	memory = -1;
	filled = copied = 0;
	return true;
}
