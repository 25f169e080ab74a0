/* Two doors, one inside the other. The inner one: from here on the kernel lets this process make these calls and ends it for any other. Arguments are checked where
 * a call could do more than is needed. Memory can no longer be mapped or made executable, no file, socket or program opened. */
#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/if_packet.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kaipo-capture.h"

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#define FIRST_FOREIGN_CALL 0x40000000U /* x32: the same numbers under another name */
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#define FIRST_FOREIGN_CALL 0xffffffffU
#else
#error "no seccomp filter for this architecture"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n)) /* low half: all values compared are small */
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define ALLOW_CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), ALLOW
/* Allows a call whose argument n is a or b; kills when it is another. */
#define ALLOW_CALL_WITH(name, n, a, b) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 5), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(n)), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (a), 1, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (b), 0, 1), ALLOW, KILL
/* Allows a socket option call for (level, option) or (level2, option2). */
#define ALLOW_OPTIONS(name, level, option, level2, option2) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 9), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(1)), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (level), 0, 2), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(2)), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (option), 3, 4), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (level2), 0, 3), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(2)), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (option2), 0, 1), ALLOW, KILL

/* Allows a call on the descriptors first..last, or on one of two others. */
#define ALLOW_CALL_ON(name, first, last, a, b) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 7), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(0)), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (a), 3, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (b), 2, 0), \
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (first), 0, 2), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (last), 1, 0), ALLOW, KILL

#define REFUSE_CALL(name) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

static void install_filter(const struct sock_filter *rules, size_t count, const char *why)
{
	struct sock_fprog program = { .len = (unsigned short)count, .filter = (struct sock_filter *)rules };
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
		die(EXIT_UNAVAILABLE, "seccomp: %s: %s", strerror(errno), why);
}

/* The outer door, from the drop to the inner one: rings are set up and libpcap may be loaded, or a spare waits. No program is
 * started, no process made or looked into, nothing mounted or loaded; what a linked library asks for in vain, it lives without. */
void close_the_outer_door(void)
{
	static const struct sock_filter rules[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
		KILL,
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_FOREIGN_CALL, 0, 1),
		KILL,
		REFUSE_CALL(execve),
		REFUSE_CALL(execveat),
		REFUSE_CALL(clone),
#ifdef __NR_fork
		REFUSE_CALL(fork),
		REFUSE_CALL(vfork),
#endif
		REFUSE_CALL(clone3),
		REFUSE_CALL(ptrace),
		REFUSE_CALL(process_vm_readv),
		REFUSE_CALL(process_vm_writev),
		REFUSE_CALL(kill),
		REFUSE_CALL(tkill),
		REFUSE_CALL(tgkill),
		REFUSE_CALL(rt_sigqueueinfo),
		REFUSE_CALL(rt_tgsigqueueinfo),
		REFUSE_CALL(pidfd_open),
		REFUSE_CALL(pidfd_getfd),
		REFUSE_CALL(pidfd_send_signal),
		REFUSE_CALL(mount),
		REFUSE_CALL(umount2),
		REFUSE_CALL(fsopen),
		REFUSE_CALL(open_tree),
		REFUSE_CALL(move_mount),
		REFUSE_CALL(unshare),
		REFUSE_CALL(setns),
		REFUSE_CALL(bpf),
		REFUSE_CALL(perf_event_open),
		REFUSE_CALL(init_module),
		REFUSE_CALL(finit_module),
		REFUSE_CALL(keyctl),
		REFUSE_CALL(add_key),
		REFUSE_CALL(request_key),
		REFUSE_CALL(userfaultfd),
		REFUSE_CALL(io_uring_setup),
		REFUSE_CALL(open_by_handle_at),
		ALLOW,
	};
	install_filter(rules, sizeof rules / sizeof *rules, "nothing is set up without it");
}

void close_the_door(int stream_fd)
{
	/* Without events: descriptors that cannot exist. */
	const bool has_events = events.raw_first >= 0;
	const int raw_first = has_events ? events.raw_first : 0x7ffffffe, raw_last = has_events ? raw_first + (int)events.cpus - 1 : raw_first;
	const int switch_first = has_events ? events.control_first : 0x7ffffffe, switch_last = has_events ? events.switch_fd : switch_first;
	struct sock_filter rules[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
		KILL,
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_FOREIGN_CALL, 0, 1),
		KILL,
		ALLOW_CALL(ppoll),
		/* out: the stream, words for people, and the switches of the kernel's events */
		ALLOW_CALL_ON(write, (uint32_t)switch_first, (uint32_t)switch_last, (uint32_t)stream_fd, STDERR_FILENO),
		/* in: pages of the kernel's events, and nothing else */
		ALLOW_CALL_ON(read, (uint32_t)raw_first, (uint32_t)raw_last, (uint32_t)raw_first, (uint32_t)raw_first),
		/* ring: counters, pending error */
		ALLOW_OPTIONS(getsockopt, SOL_PACKET, PACKET_STATISTICS, SOL_SOCKET, SO_ERROR),
		/* ring: the filter that drops all, at the end */
		ALLOW_OPTIONS(setsockopt, SOL_SOCKET, SO_ATTACH_FILTER, SOL_SOCKET, SO_ATTACH_FILTER),
		/* interface: still there, up? */
		ALLOW_CALL_WITH(ioctl, 1, SIOCGIFNAME, SIOCGIFFLAGS),
		ALLOW_CALL(getsockname),
		/* the privilege report, once */
		ALLOW_CALL(pread64),
		ALLOW_CALL(close),
		/* time, where the vDSO has none */
		ALLOW_CALL(clock_gettime),
		ALLOW_CALL(rt_sigreturn),
		ALLOW_CALL(exit_group),
		ALLOW_CALL(restart_syscall),
		KILL,
	};
	install_filter(rules, sizeof rules / sizeof *rules, "packets are not read without it");
}

/* The janitor's: waits for the end of a pipe, removes a directory it has open, waits a little, ends. */
void close_the_back_door(int life, int instances)
{
	struct sock_filter rules[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
		KILL,
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_FOREIGN_CALL, 0, 1),
		KILL,
		ALLOW_CALL_WITH(read, 0, (uint32_t)life, (uint32_t)life),
		/* the descriptor, and then that it can only be a directory */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_unlinkat, 0, 6),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(0)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)instances, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(2)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AT_REMOVEDIR, 0, 1),
		ALLOW,
		KILL,
		ALLOW_CALL(nanosleep),
		ALLOW_CALL(clock_nanosleep),
		ALLOW_CALL(exit_group),
		ALLOW_CALL(restart_syscall),
		KILL,
	};
	install_filter(rules, sizeof rules / sizeof *rules, "nothing is removed without it");
}
