/* The drop: every privilege goes, and then it is proved from the kernel's own words. No step may fail quietly. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kaipo-capture.h"

/* Descriptors someone forgot to close on exec would outlive the drop; the terminal is none of this program's business. */
void close_strays(int stream_fd, bool keep_stdin)
{
	int nothing = open("/dev/null", O_RDWR);
	if (nothing < 0 || (!keep_stdin && dup2(nothing, STDIN_FILENO) < 0) ||
	    (stream_fd != STDOUT_FILENO && dup2(nothing, STDOUT_FILENO) < 0))
		die(EXIT_UNAVAILABLE, "/dev/null: %s", strerror(errno));
	for (int fd = 3; fd < 1024; fd++)
		if (fd != stream_fd)
			close(fd);
#ifdef SYS_close_range
	syscall(SYS_close_range, 1024U, ~0U, 0U);
#endif
}

/* Reads /etc/passwd itself: getpwnam() would load name service modules into a privileged process. */
static void find_user(const char *name, uid_t *uid, gid_t *gid)
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *entry = NULL;
	while (file != NULL && (entry = fgetpwent(file)) != NULL)
		if (strcmp(entry->pw_name, name) == 0)
			break;
	if (entry != NULL) {
		*uid = entry->pw_uid;
		*gid = entry->pw_gid;
	} else if (strcmp(name, "nobody") == 0) {
		*uid = *gid = 65534; /* the kernel's own overflow id: no user on any system */
	} else {
		die(EXIT_NO_PERMISSION, "--user: no user '%s' in /etc/passwd", name);
	}
	if (file != NULL)
		fclose(file);
	if (*uid == 0 || *gid == 0)
		die(EXIT_NO_PERMISSION, "--user: '%s' is root: packets are not read by root", name);
}

static uint64_t effective_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	if (syscall(SYS_capget, &header, data) != 0)
		die(EXIT_NO_PERMISSION, "capget: %s", strerror(errno));
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

static void must(int result, const char *what)
{
	if (result != 0)
		die(EXIT_NO_PERMISSION, "dropping privileges: %s: %s", what, strerror(errno));
}

static void read_status(int fd, char *text, size_t size)
{
	ssize_t length = pread(fd, text, size - 1, 0);
	if (length <= 0)
		die(EXIT_NO_PERMISSION, "/proc/self/status: %s: cannot prove that privileges are gone", strerror(errno));
	text[length] = '\0';
}

/* The first word after "Key:" of /proc/self/status; dies when it is not there, because an unknown is not a proof. */
static void status_word(const char *status, const char *key, char *word, size_t size)
{
	char needle[32];
	snprintf(needle, sizeof needle, "\n%s:\t", key);
	const char *found = strstr(status, needle);
	if (found == NULL)
		die(EXIT_NO_PERMISSION, "/proc/self/status: %s is missing: cannot prove that privileges are gone", key);
	found += strlen(needle);
	snprintf(word, size, "%.*s", (int)strcspn(found, "\t\n "), found);
}

static void prove(void)
{
	static const char *const empty[] = { "CapEff", "CapPrm", "CapAmb", "CapInh" };
	char status[8192], word[64];
	int fd = open_own_status();
	read_status(fd, status, sizeof status);
	close(fd);
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
		status_word(status, empty[i], word, sizeof word);
		if (strspn(word, "0") != strlen(word))
			die(EXIT_NO_PERMISSION, "dropping privileges: %s is still %s", empty[i], word);
	}
	status_word(status, "NoNewPrivs", word, sizeof word);
	if (strcmp(word, "1") != 0)
		die(EXIT_NO_PERMISSION, "dropping privileges: NoNewPrivs is still %s", word);
	status_word(status, "Threads", word, sizeof word);
	if (strcmp(word, "1") != 0)
		die(EXIT_NO_PERMISSION, "dropping privileges: there are %s threads, each with its own privileges", word);
	uid_t real, effective, saved;
	must(getresuid(&real, &effective, &saved), "getresuid");
	if (real == 0 || effective == 0 || saved == 0)
		die(EXIT_NO_PERMISSION, "dropping privileges: still uid 0 and CAP_SETUID is missing: start with sudo, or as a user "
		    "other than root");
	if (setuid(0) == 0 || setgid(0) == 0)
		die(EXIT_NO_PERMISSION, "dropping privileges: root could be taken back");
}

/* Without CAP_SETUID it stays the calling user: prove() refuses when that is root. */
static void become(const char *user, uint64_t held)
{
	uid_t uid;
	gid_t gid;
	if (!(held & (1ULL << CAP_SETUID)) || !(held & (1ULL << CAP_SETGID)))
		return;
	find_user(user, &uid, &gid);
	must(setgroups(0, NULL), "setgroups");
	must(setresgid(gid, gid, gid), "setresgid");
	must(setresuid(uid, uid, uid), "setresuid");
}

/* For the janitor: everything but the one capability that removes a directory of root. */
void drop_all_but_dac_override(const char *user)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = 1U << CAP_DAC_OVERRIDE, .permitted = 1U << CAP_DAC_OVERRIDE } };
	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clearing ambient capabilities");
	must(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "PR_SET_KEEPCAPS");
	become(user, effective_capabilities());
	must((int)syscall(SYS_capset, &header, data), "capset");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
}

void drop_privileges(const char *user)
{
	uint64_t held = effective_capabilities();

	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clearing ambient capabilities");
	must(prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0), "PR_SET_KEEPCAPS");
	if (held & (1ULL << CAP_SETPCAP)) {
		int capability = 0;
		while (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0)
			capability++;
		if (errno != EINVAL || capability <= CAP_NET_RAW)
			die(EXIT_NO_PERMISSION, "dropping privileges: bounding set: %s", strerror(errno));
	}
	become(user, held);
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };
	must((int)syscall(SYS_capset, &header, none), "capset");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
	prove();
}

int open_own_status(void)
{
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(EXIT_NO_PERMISSION, "/proc/self/status: %s: cannot prove that privileges are gone", strerror(errno));
	return fd;
}

/* The privilege report of the stream, from a descriptor opened before the seccomp filter and read after it: what the kernel
 * says now, not what was meant. */
void describe_privileges(int status_fd, unsigned ring_mib, char *text, size_t size)
{
	static const char *const pairs[][2] = { { "Pid", "pid" },	{ "Uid", "uid" },	{ "Gid", "gid" },
						{ "CapEff", "capEff" }, { "CapPrm", "capPrm" }, { "CapAmb", "capAmb" },
						{ "CapBnd", "capBnd" }, { "Seccomp", "seccomp" } };
	char status[8192], word[64];
	read_status(status_fd, status, sizeof status);
	close(status_fd);
	size_t used = (size_t)snprintf(text, size, "helper=native\nversion=%s\n", KAIPO_VERSION);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		status_word(status, pairs[i][0], word, sizeof word);
		used += (size_t)snprintf(text + used, size - used, "%s=%s\n", pairs[i][1], word);
	}
	status_word(status, "NoNewPrivs", word, sizeof word);
	snprintf(text + used, size - used, "noNewPrivs=%s\ntimestamps=kernel\ndrops=counted\nevents=%s\nringMiB=%u\n",
		 strcmp(word, "1") == 0 ? "true" : "false", events.raw_first >= 0 ? "true" : "false", ring_mib);
}
