/* The order of life, top to bottom. What needs privilege stands above drop_privileges(), what a packet can reach stands below
 * close_the_door(). Nothing but argv is ever taken as input. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "kaipo-capture.h"

struct ring rings[MAX_CAPTURE_INTERFACES];
unsigned ring_count;

extern char **environ;

static void write_line(const char *format, va_list arguments)
{
	char line[2048] = "kaipo-capture: ";
	size_t used = strlen(line);
	int added = vsnprintf(line + used, sizeof line - used - 1, format, arguments);
	if (added > 0)
		used += (size_t)added < sizeof line - used - 1 ? (size_t)added : sizeof line - used - 2;
	/* One line, whatever was in an argument: a log must not be steered by a file name. */
	for (size_t i = 0; i < used; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = ' ';
	line[used++] = '\n';
	ssize_t ignored = write(STDERR_FILENO, line, used);
	(void)ignored;
}

void say(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	write_line(format, arguments);
	va_end(arguments);
}

void die(int code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	write_line(format, arguments);
	va_end(arguments);
	_exit(code);
}

/* Whoever starts a privileged program chooses its environment and its first descriptors. */
static void clean_surroundings(void)
{
	if (geteuid() == 0 || getauxval(AT_SECURE) != 0)
		for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
			if (strncmp(*entry, "LD_", 3) == 0 || strncmp(*entry, "GLIBC_TUNABLES=", 15) == 0)
				die(EXIT_BAD_USAGE, "%.40s: changes what this program runs: start it with a clean environment", *entry);
	if (clearenv() != 0)
		die(EXIT_UNAVAILABLE, "environment: cannot be cleared");
	/* A closed 0, 1 or 2 would become the number of a packet socket, and stderr text would be sent as a packet. */
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(EXIT_IO);
}

int main(int argc, char **argv)
{
	struct options options;

	clean_surroundings();
	parse_arguments(argc, argv, &options);
	if (options.install != NULL)
		install(options.install, options.group);
	close_strays(options.stream_fd, options.standby);
	block_signals();

	if (options.events)
		open_events(&options);
	open_interfaces(&options);
	if (events.raw_first >= 0 && !options.standby) {
		start_events(); /* first, so that there is no moment between the two */
		snapshot_processes();
	}
	drop_privileges(options.user);
	close_the_outer_door();

	if (options.standby)
		wait_for_stdin(options.stream_fd);
	if (options.standby)
		start_events();
	attach_filters(&options);
	open_rings(&options);
	open_stream(options.stream_fd);

	int status_fd = open_own_status();
	close_the_door(options.stream_fd);

	unsigned ring_mib = options.ring_mib;
	for (unsigned i = 0; i < ring_count; i++)
		if (rings[i].map != NULL && rings[i].granted_mib < ring_mib)
			ring_mib = rings[i].granted_mib;
	char privileges[MAX_CUSTOM_TEXT];
	describe_privileges(status_fd, ring_mib, privileges, sizeof privileges);
	append_start(&options, privileges);
	run(&options);
}
