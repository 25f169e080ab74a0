/* Sockets that more than one process or thread holds: inherited by fork, accepted by one of many, bound beside each other, handed
 * over, used by threads. Owns the list of who held what: any of them is a right name, the one that moved the bytes the right pid.
 * Bound: MAX_GROUP processes. */
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.h"

static pid_t must_fork(void)
{
	pid_t parent = getpid();
	pid_t pid = fork();
	if (pid < 0)
		die(EXIT_IO, "fork: %s", strerror(errno));
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_IO);
	}
	return pid;
}

int client_fork_inherited(void)
{
	struct flow flow;
	bool v6 = options.variant / 2 % 2 == 1;
	flow_connect(&flow, options.variant % 2 == 0 ? SOCK_STREAM : SOCK_DGRAM,
		     server_address(v6 ? AF_INET6 : AF_INET, PORT_ECHO));
	add_holder(&flow, getpid(), own_exe());
	pid_t child = must_fork();
	if (child == 0) {
		flow_echo(&flow, 700);
		flow_end(&flow);
		_exit(0);
	}
	close(flow.fd);
	return wait_for(child);
}

/* Asks the server to open `count` flows to `port` of this host. The question is a flow as well. */
static void ask_for_dials(bool tcp, unsigned port, unsigned count, unsigned bytes)
{
	struct flow flow;
	char request[64];
	flow_connect(&flow, SOCK_DGRAM, server_address(AF_INET, PORT_DIAL_BACK));
	int length = snprintf(request, sizeof request, "%s %u %u %u", tcp ? "tcp" : "udp", port, count, bytes);
	flow_send(&flow, request, (size_t)length);
	flow_end(&flow);
}

struct shared_page {
	pid_t pids[MAX_GROUP];
};

static int bound_socket(int type, unsigned port, bool reuse)
{
	const int on = 1;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	struct address any;
	parse_address("0.0.0.0", port, &any);
	if (fd >= 0 && reuse)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	if (fd < 0 || bind(fd, (struct sockaddr *)&any.name, any.length) != 0)
		die(EXIT_IO, "bind: %s", strerror(errno));
	return fd;
}

static unsigned own_port(int fd)
{
	struct address own = { .length = sizeof own.name };
	getsockname(fd, (struct sockaddr *)&own.name, &own.length);
	return port_of(&own);
}

/* One flow from outside: accepts or receives, echoes, tells. */
static void serve_one(int fd, bool tcp, uint64_t since_ns, const struct shared_page *page, unsigned workers)
{
	uint8_t message[2048];
	struct flow flow;
	flow_begin(&flow, tcp ? "tcp" : "udp");
	/* The first packet came before accept() returned. */
	flow.begun_ns = since_ns;
	flow.remote.length = sizeof flow.remote.name;
	ssize_t got = 0;
	if (tcp) {
		flow.fd = accept(fd, (struct sockaddr *)&flow.remote.name, &flow.remote.length);
	} else {
		flow.fd = dup(fd);
		got = recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&flow.remote.name, &flow.remote.length);
	}
	if (flow.fd < 0 || got < 0)
		die(EXIT_IO, "accept: %s", strerror(errno));
	for (unsigned i = 0; i < workers; i++)
		if (page->pids[i] != getpid())
			add_holder(&flow, page->pids[i], own_exe());
	add_holder(&flow, getppid(), own_exe());
	if (tcp) {
		while ((got = recv(flow.fd, message, sizeof message, 0)) > 0) {
			flow.received += (uint64_t)got;
			flow_learn_local(&flow);
			flow_send(&flow, message, (size_t)got);
		}
	} else {
		flow.received = (uint64_t)got;
		flow_send(&flow, message, (size_t)got);
	}
	flow.local.length = 0;
	flow_end(&flow);
}

/* Workers that accept from one socket (`reuse` false) or each from its own on the same port. */
static int serve_group(bool tcp, bool reuse)
{
	unsigned workers = options.workers < MAX_GROUP - 1 ? options.workers : MAX_GROUP - 1;
	uint64_t since_ns = now_ns();
	int done[2];
	struct shared_page *page =
		mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pipe(done) != 0 || page == MAP_FAILED)
		die(EXIT_IO, "pipe: %s", strerror(errno));
	int fd = bound_socket(tcp ? SOCK_STREAM : SOCK_DGRAM, 0, reuse);
	unsigned port = own_port(fd);
	if (tcp && !reuse && listen(fd, 256) != 0)
		die(EXIT_IO, "listen: %s", strerror(errno));
	for (unsigned i = 0; i < workers; i++) {
		page->pids[i] = must_fork();
		if (page->pids[i] > 0)
			continue;
		page->pids[i] = getpid();
		int own = reuse ? bound_socket(tcp ? SOCK_STREAM : SOCK_DGRAM, port, true) : fd;
		/* Nobody reads from the one that found the port. */
		if (reuse)
			close(fd);
		if (reuse && tcp && listen(own, 256) != 0)
			die(EXIT_IO, "listen: %s", strerror(errno));
		/* A byte when it is ready, one for every flow it has ended. */
		while (write(done[1], "", 1) == 1)
			serve_one(own, tcp, since_ns, page, workers);
		_exit(EXIT_IO);
	}
	close(done[1]);
	char byte;
	bool good = true;
	for (unsigned i = 0; i < workers && good; i++)
		good = read(done[0], &byte, 1) == 1;
	if (reuse)
		close(fd);
	ask_for_dials(tcp, port, options.count, 900);
	for (unsigned i = 0; i < options.count && good; i++)
		good = read(done[0], &byte, 1) == 1;
	for (unsigned i = 0; i < workers; i++)
		kill(page->pids[i], SIGKILL);
	for (unsigned i = 0; i < workers; i++)
		wait_for(page->pids[i]);
	return good ? 0 : EXIT_IO;
}

int client_prefork(void)
{
	return serve_group(true, false);
}

int client_reuseport(void)
{
	return serve_group(options.variant % 2 == 0, true);
}

struct handed_over {
	uint64_t begun_ns;
	pid_t opener;
};

/* Opens a connection and hands it to another program; that one uses it. */
int client_fd_open(void)
{
	int pair[2];
	struct flow flow;
	char name[32];
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0)
		die(EXIT_IO, "socketpair: %s", strerror(errno));
	dup2(pair[1], STDIN_FILENO);
	snprintf(name, sizeof name, "%s", made_name("kw-fd-use", options.variant));
	options.group_pid = getpid();
	options.group_exe = own_exe();
	pid_t user = spawn_client(name, "fd-use", options.variant, options.seed, 0);
	options.group_exe = NULL;
	flow_connect(&flow, options.variant % 2 == 0 ? SOCK_STREAM : SOCK_DGRAM, server_address(AF_INET, PORT_ECHO));
	struct handed_over note = { .begun_ns = flow.begun_ns, .opener = getpid() };
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { .bytes = { 0 } };
	struct iovec part = { .iov_base = &note, .iov_len = sizeof note };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
				  .msg_controllen = sizeof control.bytes };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &flow.fd, sizeof(int));
	if (sendmsg(pair[0], &message, 0) < 0)
		die(EXIT_IO, "sendmsg: %s", strerror(errno));
	close(flow.fd);
	return wait_for(user);
}

/* The connection comes in over standard input. */
int client_fd_use(void)
{
	struct handed_over note;
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec part = { .iov_base = &note, .iov_len = sizeof note };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
				  .msg_controllen = sizeof control.bytes };
	if (recvmsg(STDIN_FILENO, &message, 0) != sizeof note || CMSG_FIRSTHDR(&message) == NULL)
		die(EXIT_IO, "recvmsg: no socket came");
	struct flow flow;
	flow_begin(&flow, options.variant % 2 == 0 ? "tcp" : "udp");
	flow.begun_ns = note.begun_ns;
	memcpy(&flow.fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	flow.remote = server_address(AF_INET, PORT_ECHO);
	flow_learn_local(&flow);
	flow_echo(&flow, 1100);
	flow_end(&flow);
	return 0;
}

static void *one_thread(void *number)
{
	unsigned i = (unsigned)(uintptr_t)number;
	struct flow flow;
	flow_connect(&flow, i % 2 == 0 ? SOCK_STREAM : SOCK_DGRAM,
		     server_address(i / 2 % 2 == 0 ? AF_INET : AF_INET6, PORT_ECHO));
	for (unsigned turn = 0; turn < 4; turn++)
		flow_echo(&flow, 400);
	flow_end(&flow);
	return NULL;
}

/* The pid is that of the process, whatever thread spoke. */
int client_threads(void)
{
	pthread_t threads[64];
	unsigned count = options.count < 64 ? options.count : 64;
	own_exe();
	for (unsigned i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, one_thread, (void *)(uintptr_t)i) != 0)
			die(EXIT_IO, "no more threads");
	for (unsigned i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
