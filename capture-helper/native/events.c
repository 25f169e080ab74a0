/* The kernel's own words about sockets and processes: one tracefs instance, opened while privileges last, whose raw pages are
 * copied into the stream as they are (Documentation/trace/ring-buffer-map.rst, kernel/trace/ring_buffer.c). Which events, and why:
 * ../PROTOCOL.md. Nothing here looks into an event; the one number read of a page is how long it is.
 *
 *   raw descriptors (one a CPU) | statistics (one a CPU) | switches     contiguous numbers, so that seccomp can tell them
 *
 * Bounds: MAX_EVENT_CPUS; buffers of EVENT_BUFFERS_KIB in all, in the kernel; one page at a time here. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kaipo-capture.h"

#define EVENT_BUFFERS_KIB (64 * 1024)
#define MAX_BUFFER_KIB 8192
#define MIN_BUFFER_KIB 512
#define FIRST_EVENT_FD 128
/* An instance as young as this may be one that another helper is just setting up. */
#define STALE_SECONDS 10
/* Route lookups are what a storm consists of: beyond so many bytes of pages a second they are switched off for a while. */
#define STORM_BYTES (6 * 1024 * 1024)
#define CALM_SECONDS 10
/* A buffer that was full holds at least this much, however badly its pages are used: a round that brought less lost nothing. */
#define LOSS_POSSIBLE_BYTES (MIN_BUFFER_KIB * 1024 / 4)

struct events events = { .raw_first = -1 };

static const struct {
	const char *name;
	const char *filter;   /* NULL: all of them */
	const char *fallback; /* for kernels that cannot filter by common_flags; NULL: none */
} wanted[] = {
	/* Route lookups come first: they alone can be switched off. 0x18: in an interrupt, on behalf of nobody. */
	{ "fib/fib_table_lookup", "((proto==17&&sport!=0)||(proto!=17&&proto!=6&&proto!=0))&&!(common_flags&0x18)",
	  "(proto==17&&sport!=0)||(proto!=17&&proto!=6&&proto!=0)" },
	{ "fib6/fib6_table_lookup", "((proto==17&&sport!=0)||(proto!=17&&proto!=6&&proto!=0))&&!(common_flags&0x18)",
	  "(proto==17&&sport!=0)||(proto!=17&&proto!=6&&proto!=0)" },
	/* SYN_SENT, ESTABLISHED, LISTEN, CLOSE, and the two states a close() in the program leads to */
	{ "sock/inet_sock_set_state", "newstate==2||newstate==1||newstate==10||newstate==7||newstate==4||newstate==9", NULL },
	{ "task/task_newtask", NULL, NULL },
	{ "sched/sched_process_exec", NULL, NULL },
	{ "sched/sched_process_exit", NULL, NULL },
	/* 2, 10, 17: IPv4, IPv6, packet sockets. Not the sockets of programs among themselves. */
	{ "sock/sock_send_length", "(family==17)||((family==2||family==10)&&protocol!=6&&protocol!=17)", NULL },
	{ "sock/sock_recv_length", "(family==2||family==10)&&protocol!=6&&protocol!=17", NULL },
};
#define WANTED (sizeof wanted / sizeof *wanted)
#define ROUTE_EVENTS 2

static bool write_file(int directory, const char *path, const char *text)
{
	int fd = openat(directory, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	bool good = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	int error = errno;
	close(fd);
	errno = error;
	return good;
}

/* A tracefs of our own that is mounted nowhere: where nobody has mounted one, and in a container or namespace that shows none. */
static int open_unmounted(void)
{
#if defined(SYS_fsopen) && defined(SYS_fsconfig) && defined(SYS_fsmount)
	enum { CREATE = 6 }; /* FSCONFIG_CMD_CREATE, linux/mount.h */
	int context = (int)syscall(SYS_fsopen, "tracefs", 1 /* FSOPEN_CLOEXEC */);
	int mount = -1, fd = -1;
	if (context >= 0 && syscall(SYS_fsconfig, context, CREATE, NULL, NULL, 0) == 0)
		mount = (int)syscall(SYS_fsmount, context, 1 /* FSMOUNT_CLOEXEC */, 0);
	if (mount >= 0)
		fd = openat(mount, "instances", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = errno;
	if (mount >= 0)
		close(mount);
	if (context >= 0)
		close(context);
	errno = error;
	return fd;
#else
	return -1;
#endif
}

static int open_instances(void)
{
	static const char *const places[] = { "/sys/kernel/tracing/instances", "/sys/kernel/debug/tracing/instances" };
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		int fd = open(places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 || errno == EACCES || errno == EPERM)
			return fd;
	}
	return open_unmounted();
}

/* Instances of helpers that were killed. One that is in use refuses by itself: EBUSY. */
static void sweep(int instances)
{
	int copy = dup(instances);
	DIR *directory = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	struct stat status;
	time_t now = time(NULL);
	while (directory != NULL && (entry = readdir(directory)) != NULL)
		if (strncmp(entry->d_name, EVENT_INSTANCE, strlen(EVENT_INSTANCE)) == 0 &&
		    fstatat(instances, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && now - status.st_mtime > STALE_SECONDS)
			unlinkat(instances, entry->d_name, AT_REMOVEDIR);
	if (directory != NULL)
		closedir(directory);
}

/* Moves a descriptor to where seccomp expects it. */
static int place(int fd, int number)
{
	int placed = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, number);
	if (fd >= 0)
		close(fd);
	if (placed >= 0 && placed != number) {
		close(placed);
		errno = EMFILE;
		return -1;
	}
	return placed;
}

/* Sets one event up, and keeps its switch. Kernels that lack it are no failure: the analyzer sees it by the missing format. */
static void prepare(int instance, size_t which)
{
	char path[128];
	snprintf(path, sizeof path, "events/%s/format", wanted[which].name);
	int format = openat(instance, path, O_RDONLY | O_CLOEXEC);
	if (format < 0)
		return;
	snprintf(path, sizeof path, "events/%s/filter", wanted[which].name);
	bool filtered = wanted[which].filter == NULL || write_file(instance, path, wanted[which].filter) ||
			(wanted[which].fallback != NULL && write_file(instance, path, wanted[which].fallback));
	snprintf(path, sizeof path, "events/%s/enable", wanted[which].name);
	if (filtered && place(openat(instance, path, O_WRONLY | O_CLOEXEC), events.control_first + (int)events.enabled) >= 0) {
		events.enabled++;
		events.routes += which < ROUTE_EVENTS;
		snapshot_format(format);
	}
	close(format);
}

static bool open_descriptors(int instance, int first)
{
	char path[64];
	for (unsigned cpu = 0; cpu < events.cpus; cpu++) {
		snprintf(path, sizeof path, "per_cpu/cpu%u/trace_pipe_raw", cpu);
		if (place(openat(instance, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), first + (int)cpu) < 0)
			return false;
		snprintf(path, sizeof path, "per_cpu/cpu%u/stats", cpu);
		if (place(openat(instance, path, O_RDONLY | O_CLOEXEC), first + (int)(events.cpus + cpu)) < 0)
			return false;
	}
	return true;
}

/* CPUs that have a buffer: all that may ever be there, without holes on every machine that was seen. */
static unsigned count_cpus(int instance)
{
	char path[64];
	struct stat status; /* not access(): that asks with the rights of who started this, not with the program's */
	unsigned cpus = 0;
	for (; cpus <= MAX_EVENT_CPUS; cpus++) {
		snprintf(path, sizeof path, "per_cpu/cpu%u", cpus);
		if (fstatat(instance, path, &status, 0) != 0)
			break;
	}
	return cpus;
}

static bool configure(int instance)
{
	write_file(instance, "tracing_on", "0");
	write_file(instance, "buffer_size_kb", "8"); /* until it starts */
	write_file(instance, "buffer_percent", "25");
	/* A helper that is killed leaves nothing that costs: closing free_buffer stops it and frees the memory. */
	write_file(instance, "options/disable_on_free", "1");
	if (!write_file(instance, "trace_clock", "mono") || !write_file(instance, "options/overwrite", "0"))
		return false;
	for (size_t i = 0; i < WANTED; i++)
		prepare(instance, i);
	int next = events.control_first + (int)events.enabled;
	events.size_fd = place(openat(instance, "buffer_size_kb", O_WRONLY | O_CLOEXEC), next);
	events.switch_fd = place(openat(instance, "tracing_on", O_WRONLY | O_CLOEXEC), next + 1);
	/* Never closed by hand: the end of this process closes it. */
	return events.enabled > 0 && events.size_fd >= 0 && events.switch_fd >= 0 &&
	       openat(instance, "free_buffer", O_WRONLY | O_CLOEXEC) >= 0;
}

static void why_not(const char *what)
{
	snprintf(events.why, sizeof events.why, "%s: %s", what, strerror(errno));
}

/* Without events capture goes on: `events.why` says what is missing. */
void open_events(const struct options *options)
{
	struct rlimit files;
	int instances = open_instances();
	if (instances < 0) {
		why_not("/sys/kernel/tracing");
		return;
	}
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 4096) {
		files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	sweep(instances);
	snprintf(events.name, sizeof events.name, EVENT_INSTANCE "%d", (int)getpid());
	if (mkdirat(instances, events.name, 0700) != 0 && errno != EEXIST) {
		why_not("an instance of its own in /sys/kernel/tracing/instances");
		close(instances);
		return;
	}
	int instance = openat(instances, events.name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int first = options->stream_fd >= FIRST_EVENT_FD ? options->stream_fd + 1 : FIRST_EVENT_FD;
	events.cpus = instance < 0 ? 0 : count_cpus(instance);
	events.control_first = first + (int)(2 * events.cpus);
	bool good = events.cpus > 0 && events.cpus <= MAX_EVENT_CPUS && configure(instance) && open_descriptors(instance, first);
	if (!good)
		why_not("its instance in /sys/kernel/tracing");
	if (instance >= 0)
		close(instance);
	if (good) {
		start_janitor(instances, events.name, options->user);
		events.raw_first = first;
	} else {
		unlinkat(instances, events.name, AT_REMOVEDIR);
		events.cpus = 0;
	}
	close(instances);
}

static bool write_number(int fd, unsigned number)
{
	char text[16];
	int length = snprintf(text, sizeof text, "%u", number);
	return write(fd, text, (size_t)length) == length;
}

/* From here on the kernel tells. A spare waits with it until it takes over: what nobody reads should cost nothing. */
void start_events(void)
{
	unsigned kib = events.cpus == 0 ? 0 : EVENT_BUFFERS_KIB / events.cpus;
	if (events.raw_first < 0)
		return;
	bool good = write_number(events.size_fd, kib > MAX_BUFFER_KIB ? MAX_BUFFER_KIB : kib < MIN_BUFFER_KIB ? MIN_BUFFER_KIB : kib);
	for (unsigned i = 0; i < events.enabled; i++)
		good = write_number(events.control_first + (int)i, 1) && good;
	if (!write_number(events.switch_fd, 1) || !good)
		say("kernel events: not all could be switched on: %s", strerror(errno));
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

static uint64_t number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);
	uint64_t value = 0;
	if (at != NULL)
		for (at += strlen(key); *at == ' ' || (*at >= '0' && *at <= '9'); at++)
			if (*at != ' ')
				value = value * 10 + (uint64_t)(*at - '0');
	return value;
}

/* Events the kernel had to throw away since the start: its own statistics, summed over the CPUs. */
void count_lost_events(void)
{
	uint64_t lost = 0;
	for (unsigned cpu = 0; cpu < events.cpus; cpu++) {
		char text[512];
		ssize_t length = pread(events.raw_first + (int)(events.cpus + cpu), text, sizeof text - 1, 0);
		if (length <= 0)
			continue;
		text[length] = '\0';
		lost += number_after(text, "\noverrun:") + number_after(text, "commit overrun:") + number_after(text, "dropped events:");
	}
	events.lost = lost;
}

static void switch_routes(bool on)
{
	for (unsigned i = 0; i < events.routes; i++)
		if (!write_number(events.control_first + (int)i, on))
			return;
	events.routes_off = !on;
}

/* Once a second: is this still worth its cost? */
void watch_event_storm(void)
{
	uint64_t bytes = events.bytes - events.bytes_before;
	events.bytes_before = events.bytes;
	if (events.routes == 0)
		return;
	if (!events.routes_off && bytes > STORM_BYTES) {
		switch_routes(false);
		events.calm_in = CALM_SECONDS;
	} else if (events.routes_off && --events.calm_in == 0) {
		switch_routes(true);
	}
}

/* Copies what the kernel has, one page a CPU in turn, and says at the end up to when that is everything. False: the stream is full. */
bool copy_events(void)
{
	if (events.raw_first < 0)
		return true;
	if (!events.in_round) {
		events.round_start_ns = clock_ns(CLOCK_MONOTONIC);
		events.in_round = true;
		events.is_cut = false;
		events.round_bytes = 0;
		memset(events.done, 0, sizeof events.done);
	}
	for (bool more = true; more;) {
		more = false;
		for (unsigned cpu = 0; cpu < events.cpus; cpu++) {
			if (events.done[cpu])
				continue;
			int length = append_event_page(cpu, events.raw_first + (int)cpu);
			if (length < 0)
				return false;
			events.bytes += (uint64_t)length;
			events.round_bytes += (uint64_t)length;
			/* Packets must get their turn: what is left is for the next round, and this one promises nothing. */
			if (length > 0 && events.round_bytes > (uint64_t)EVENT_ROUND_BYTES * events.cpus)
				events.is_cut = true;
			if (length == 0 || events.is_cut)
				events.done[cpu] = true;
			else
				more = true;
		}
	}
	/* Said with the round it belongs to: a loss told a second later would lie in a time that had been called complete. */
	if (events.round_bytes > LOSS_POSSIBLE_BYTES)
		count_lost_events();
	if (!events.is_cut)
		events.complete_ns = events.round_start_ns;
	if (!append_event_round(events.complete_ns, clock_ns(CLOCK_MONOTONIC), clock_ns(CLOCK_REALTIME)))
		return false;
	events.in_round = false;
	return true;
}
