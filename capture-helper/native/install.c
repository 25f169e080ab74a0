/* --install: copies this very program to PATH and gives the copy the capabilities that open what it opens and the drop needs, so that members of
 * one group can capture without sudo. Written beside PATH and renamed: there is no moment with half a privileged program. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kaipo-capture.h"

static char temporary[4096 + 16];

static void give_up(const char *path, const char *what) __attribute__((noreturn));
static void give_up(const char *path, const char *what)
{
	int error = errno;
	if (temporary[0] != '\0')
		unlink(temporary);
	die(error == EPERM || error == EACCES ? EXIT_NO_PERMISSION : EXIT_IO, "%s: %s: %s", path, what, strerror(error));
}

static gid_t find_group(const char *name)
{
	FILE *file = fopen("/etc/group", "re");
	struct group *entry = NULL;
	while (file != NULL && (entry = fgetgrent(file)) != NULL)
		if (strcmp(entry->gr_name, name) == 0)
			return entry->gr_gid;
	die(EXIT_UNAVAILABLE, "--group: no group '%s' in /etc/group: groupadd --system %s", name, name);
}

static void copy(int from, int to, const char *path)
{
	char bytes[65536];
	ssize_t length;
	while ((length = read(from, bytes, sizeof bytes)) > 0)
		for (ssize_t done = 0, part; done < length; done += part)
			if ((part = write(to, bytes + done, (size_t)(length - done))) < 0)
				give_up(path, "write");
	if (length < 0)
		give_up(path, "read");
}

void install(const char *path, const char *group)
{
	/* CAP_NET_RAW opens the sockets, CAP_DAC_OVERRIDE the kernel's event ring, CAP_SYS_PTRACE shows whose sockets are open at the
	 * start; the other three are there to give all six up properly. */
	const struct vfs_cap_data capabilities = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1U << CAP_NET_RAW | 1U << CAP_SETUID | 1U << CAP_SETGID | 1U << CAP_SETPCAP |
				     1U << CAP_DAC_OVERRIDE | 1U << CAP_SYS_PTRACE,
	};
	if (geteuid() != 0)
		die(EXIT_NO_PERMISSION, "%s: only root can give a program capabilities: run `sudo kaipo setup`", path);
	gid_t gid = find_group(group);
	umask(077);
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (from < 0)
		give_up("/proc/self/exe", "open");
	if (strlen(path) > 4096)
		die(EXIT_BAD_USAGE, "--install: the path is too long");
	snprintf(temporary, sizeof temporary, "%s.new.%d", path, (int)getpid());
	int to = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0700);
	if (to < 0) {
		int error = errno;
		temporary[0] = '\0';
		errno = error;
		give_up(path, "create");
	}
	copy(from, to, path);
	/* chown takes capabilities away, so they come last. */
	if (fchown(to, 0, gid) != 0)
		give_up(path, "chown");
	if (fchmod(to, 0750) != 0)
		give_up(path, "chmod");
	if (fsetxattr(to, "security.capability", &capabilities, XATTR_CAPS_SZ_2, 0) != 0)
		give_up(path, "file capabilities");
	if (fsync(to) != 0 || rename(temporary, path) != 0)
		give_up(path, "rename");
	say("%s: installed for group %s, with cap_net_raw, cap_dac_override, cap_sys_ptrace, cap_setuid, cap_setgid, cap_setpcap", path, group);
	_exit(EXIT_ORDERLY);
}
