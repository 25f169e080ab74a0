/* What is left to do when the helper is gone, and it has no right to do itself any more: removing its tracefs instance. A child that
 * waits for the end of a pipe, removes one directory whose name it was given before, and ends. It reads no byte of anybody, and
 * may make five system calls. Killed too, it leaves an empty instance that the next helper sweeps. */
#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kaipo-capture.h"

#define TRIES 250
#define TRY_EVERY_NS 20000000L

/* Root needs no capability for a directory of root; somebody else needs the one that opened it. */
static void keep_only_what_removes(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	if (getuid() != 0)
		data[0].effective = data[0].permitted = 1U << CAP_DAC_OVERRIDE;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 || syscall(SYS_capset, &header, data) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		_exit(EXIT_NO_PERMISSION);
}

static void wait_and_remove(int life, int instances, const char *name) __attribute__((noreturn));
static void wait_and_remove(int life, int instances, const char *name)
{
	setsid();
	prctl(PR_SET_NAME, "kaipo-janitor", 0, 0, 0);
	for (int number = 1; number < 32; number++)
		signal(number, SIG_IGN); /* a Ctrl-C is meant for the helper; what is left can be killed, and is then swept */
	for (int fd = 0; fd < 4096; fd++)
		if (fd != life && fd != instances)
			close(fd);
	keep_only_what_removes();
	close_the_back_door();
	char byte;
	while (read(life, &byte, 1) < 0 && errno == EINTR)
		continue;
	/* The pipe may be closed a moment before the last of its rings. */
	const struct timespec pause = { .tv_nsec = TRY_EVERY_NS };
	for (int i = 0; i < TRIES && unlinkat(instances, name, AT_REMOVEDIR) != 0 && errno == EBUSY; i++)
		nanosleep(&pause, NULL);
	_exit(EXIT_ORDERLY);
}

/* Its end of the pipe stays open for as long as this process lives, and is in no other. */
void start_janitor(int instances, const char *name)
{
	int life[2];
	if (pipe2(life, O_CLOEXEC) != 0)
		return;
	pid_t child = fork();
	if (child == 0)
		wait_and_remove(life[0], instances, name);
	close(life[0]);
	if (child < 0)
		close(life[1]);
}
