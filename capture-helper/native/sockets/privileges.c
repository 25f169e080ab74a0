/* This program needs no privilege: whatever it was started with goes, is proved to be gone, and then a list of system calls is all
 * that is left. As root it becomes nobody. */
#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kaipo-sockets.h"

#define NOBODY 65534 /* the kernel's own overflow id: no user on any system */

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#define FIRST_FOREIGN_CALL 0x40000000U /* x32: the same numbers under another name */
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#define FIRST_FOREIGN_CALL 0xffffffffU
#else
#error "no seccomp filter for this architecture"
#endif

/* Descriptors someone forgot to close on exec are none of this program's business. */
void close_strays(int stream_fd)
{
	int nothing = open("/dev/null", O_RDWR);
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || (stream_fd != STDOUT_FILENO && dup2(nothing, STDOUT_FILENO) < 0))
		die(EXIT_UNAVAILABLE, "/dev/null: %s", strerror(errno));
	for (int fd = 3; fd < 1024; fd++)
		if (fd != stream_fd)
			close(fd);
#ifdef SYS_close_range
	syscall(SYS_close_range, 1024U, ~0U, 0U);
#endif
}

static uint64_t capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	if (syscall(SYS_capget, &header, data) != 0)
		die(EXIT_NO_PERMISSION, "capget: %s", strerror(errno));
	return data[0].effective | data[0].permitted | (uint64_t)(data[1].effective | data[1].permitted) << 32;
}

static void must(int result, const char *what)
{
	if (result != 0)
		die(EXIT_NO_PERMISSION, "dropping privileges: %s: %s", what, strerror(errno));
}

void drop_privileges(void)
{
	uint64_t held = capabilities();

	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clearing ambient capabilities");
	must(prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0), "PR_SET_KEEPCAPS");
	if (held & (1ULL << CAP_SETPCAP))
		for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0;)
			capability++;
	if ((held & (1ULL << CAP_SETUID)) && (held & (1ULL << CAP_SETGID)) && geteuid() == 0) {
		must(setgroups(0, NULL), "setgroups");
		must(setresgid(NOBODY, NOBODY, NOBODY), "setresgid");
		must(setresuid(NOBODY, NOBODY, NOBODY), "setresuid");
	}
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };
	must((int)syscall(SYS_capset, &header, none), "capset");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");

	uid_t real, effective, saved;
	must(getresuid(&real, &effective, &saved), "getresuid");
	if (real == 0 || effective == 0 || saved == 0)
		die(EXIT_NO_PERMISSION, "dropping privileges: still uid 0, and CAP_SETUID is missing: start as another user");
	if (capabilities() != 0 || setuid(0) == 0 || setgid(0) == 0)
		die(EXIT_NO_PERMISSION, "dropping privileges: some are left");
}

void describe_privileges(struct hello_record *hello)
{
	hello->pid = (uint32_t)getpid();
	hello->uid = getuid();
	hello->gid = getgid();
	hello->capabilities = capabilities();
	hello->no_new_privs = (uint32_t)prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define ALLOW_CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), ALLOW
/* Allows a call whose first argument is one of three descriptors; kills when it is another. */
#define ALLOW_CALL_ON(name, a, b, c) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 6), LOAD(args[0]), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (a), 2, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (b), 1, 0), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (c), 0, 1), ALLOW, KILL

/* From here on the kernel lets this process make these calls and ends it for any other: nothing is opened, mapped or started. */
void close_the_door(int stream_fd, const int *fds, size_t count)
{
	if (count != 3)
		die(EXIT_UNAVAILABLE, "seccomp: %zu descriptors", count);
	uint32_t a = (uint32_t)fds[0], b = (uint32_t)fds[1], c = (uint32_t)fds[2], out = (uint32_t)stream_fd;
	struct sock_filter rules[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
		KILL,
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_FOREIGN_CALL, 0, 1),
		KILL,
		ALLOW_CALL(ppoll),
		ALLOW_CALL_ON(recvfrom, a, b, c),
		ALLOW_CALL_ON(sendto, a, b, c),
		ALLOW_CALL_ON(write, out, STDERR_FILENO, out),
		ALLOW_CALL(clock_gettime), /* where the vDSO has none */
		ALLOW_CALL(restart_syscall),
		ALLOW_CALL(exit_group),
		KILL,
	};
	struct sock_fprog program = { .len = (unsigned short)(sizeof rules / sizeof *rules), .filter = rules };
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
		die(EXIT_UNAVAILABLE, "seccomp: %s: sockets are not read without it", strerror(errno));
}
