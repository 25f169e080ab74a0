/* argv, checked once and completely. Bounded by the contract: a value outside it is refused, never clamped. */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "kaipo-capture.h"

static const char usage[] =
	"usage: kaipo-capture -i NAME [-i NAME]... [--filter TEXT] [--snaplen 64..262144] [--ring-mib 1..512]\n"
	"                     [--fd N] [--user NAME] [--promiscuous] [--block-timeout-ms 1..1000] [--events] [--standby]\n"
	"       kaipo-capture --install PATH [--group NAME]\n"
	"       kaipo-capture --version\n"
	"Writes pcapng to descriptor N (default 1, not a terminal): kaipo-capture -i eth0 | wireshark -k -i -\n";

/* What nobody named: a thirty-second of the memory for all rings together. The kernel keeps it whether packets come or not; what it buys
 * is time, some seconds at 100,000 packets a second, for an analyzer that starts, compiles or has to wait for a processor. */
#define RING_SHARE 32
#define LEAST_RING_MIB 8
#define MOST_RING_MIB 128

static unsigned usual_ring_mib(unsigned interfaces)
{
	struct sysinfo machine;
	if (sysinfo(&machine) != 0)
		return LEAST_RING_MIB;
	uint64_t each = (uint64_t)machine.totalram * machine.mem_unit / (1024 * 1024) / RING_SHARE / interfaces;
	if (each * interfaces > MAX_RINGS_MIB)
		each = MAX_RINGS_MIB / interfaces;
	return each < LEAST_RING_MIB ? LEAST_RING_MIB : each > MOST_RING_MIB ? MOST_RING_MIB : (unsigned)each;
}

static unsigned number(const char *option, const char *text, unsigned least, unsigned most)
{
	unsigned long value = 0;
	size_t digits = strspn(text, "0123456789");
	if (digits > 0 && digits <= 9 && text[digits] == '\0')
		value = strtoul(text, NULL, 10);
	else
		die(EXIT_BAD_USAGE, "%s: '%.40s' is not a number", option, text);
	if (value < least || value > most)
		die(EXIT_BAD_USAGE, "%s: %lu is not within %u..%u", option, value, least, most);
	return (unsigned)value;
}

static void check_name(const char *option, const char *name, size_t most)
{
	size_t length = strlen(name);
	bool good = length >= 1 && length <= most;
	for (size_t i = 0; good && i < length; i++)
		good = isalnum((unsigned char)name[i]) || strchr("_.:@-", name[i]) != NULL;
	if (!good)
		die(EXIT_BAD_USAGE, "%s: '%.40s' is not a name of 1 to %zu letters, digits and _.:@-", option, name, most);
}

/* What the kernel takes as the name of a device (net/core/dev.c, dev_valid_name), of it what can be printed. */
static void check_interface_name(const char *name)
{
	size_t length = strlen(name);
	bool good = length >= 1 && length < IFNAMSIZ && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
	for (size_t i = 0; good && i < length; i++)
		good = name[i] > 0x20 && name[i] < 0x7f && name[i] != '/' && name[i] != ':';
	if (!good)
		die(EXIT_BAD_USAGE, "-i: '%.40s' is not a name of 1 to %d printable characters without / and :", name, IFNAMSIZ - 1);
}

static void add_interface(struct options *options, const char *name)
{
	check_interface_name(name);
	if (options->interface_count == MAX_CAPTURE_INTERFACES)
		die(EXIT_BAD_USAGE, "-i: more than %d interfaces", MAX_CAPTURE_INTERFACES);
	for (unsigned i = 0; i < options->interface_count; i++)
		if (strcmp(options->interfaces[i], name) == 0)
			die(EXIT_BAD_USAGE, "-i: '%s' is named twice: its packets would be counted twice", name);
	options->interfaces[options->interface_count++] = name;
}

static void check_filter(const char *text)
{
	size_t length = strlen(text);
	if (length > MAX_FILTER_BYTES)
		die(EXIT_BAD_USAGE, "--filter: longer than %d bytes", MAX_FILTER_BYTES);
	for (size_t i = 0; i < length; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			die(EXIT_BAD_USAGE, "--filter: byte %zu is not printable ASCII", i + 1);
}

static void check_stream(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	if (fd == STDIN_FILENO || fd == STDERR_FILENO || flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
		die(EXIT_BAD_USAGE, "--fd: %d is not a descriptor the stream can be written to", fd);
	if (isatty(fd))
		die(EXIT_BAD_USAGE, "--fd: %d is a terminal: packets would be printed on it; pipe the stream to a program", fd);
}

void parse_arguments(int argc, char **argv, struct options *options)
{
	*options = (struct options){ .snaplen = MAX_SNAPLEN, .stream_fd = STDOUT_FILENO,
				     .block_timeout_ms = 20, .user = DEFAULT_USER, .group = "kaipo" };
	if (argc < 2) {
		ssize_t ignored = write(STDERR_FILENO, usage, sizeof usage - 1);
		(void)ignored;
		_exit(EXIT_BAD_USAGE);
	}
	for (int i = 1; i < argc; i++) {
		const char *option = argv[i];
		if (strcmp(option, "--version") == 0 || strcmp(option, "--help") == 0) {
			const char *text = option[2] == 'v' ? "kaipo-capture " KAIPO_VERSION " native\n" : usage;
			_exit(write(STDOUT_FILENO, text, strlen(text)) < 0 ? EXIT_IO : EXIT_ORDERLY);
		}
		if (strcmp(option, "--standby") == 0) {
			options->standby = true;
			continue;
		}
		if (strcmp(option, "--events") == 0) {
			options->events = true;
			continue;
		}
		if (strcmp(option, "--promiscuous") == 0) {
			options->promiscuous = true;
			continue;
		}
		static const char *const with_value[] = { "-i", "--filter", "--snaplen", "--ring-mib", "--fd", "--user",
							  "--group", "--install", "--block-timeout-ms" };
		size_t known = 0;
		while (known < sizeof with_value / sizeof *with_value && strcmp(option, with_value[known]) != 0)
			known++;
		if (known == sizeof with_value / sizeof *with_value)
			die(EXIT_BAD_USAGE, "'%.40s': no such option (--help lists them)", option);
		if (++i == argc)
			die(EXIT_BAD_USAGE, "%s: needs a value", option);
		const char *value = argv[i];
		switch (known) {
		case 0: add_interface(options, value); break;
		case 1: check_filter(value); options->filter = value[strspn(value, " ")] == '\0' ? NULL : value; break;
		case 2: options->snaplen = number(option, value, MIN_SNAPLEN, MAX_SNAPLEN); break;
		case 3: options->ring_mib = number(option, value, 1, 512); break;
		case 4: options->stream_fd = (int)number(option, value, 1, 1023); break;
		case 5: check_name(option, value, 32); options->user = value; break;
		case 6: check_name(option, value, 32); options->group = value; break;
		case 7: options->install = value; break;
		case 8: options->block_timeout_ms = number(option, value, 1, 1000); break;
		}
	}
	if (options->install != NULL) {
		if (options->install[0] != '/')
			die(EXIT_BAD_USAGE, "--install: '%.200s' is not an absolute path", options->install);
		return;
	}
	if (options->interface_count == 0)
		die(EXIT_BAD_USAGE, "-i: name at least one interface");
	if (options->ring_mib == 0)
		options->ring_mib = usual_ring_mib(options->interface_count);
	/* Who runs the installed helper chooses what to capture, not whom it looks like or how much memory the kernel pins. */
	if (getuid() != 0 && strcmp(options->user, DEFAULT_USER) != 0)
		die(EXIT_NO_PERMISSION, "--user: only root may choose whom the helper becomes");
	if (getuid() != 0 && options->ring_mib * options->interface_count > MAX_RINGS_MIB)
		die(EXIT_BAD_USAGE, "--ring-mib: %u MiB for each of %u interfaces is more than %d MiB in all", options->ring_mib,
		    options->interface_count, MAX_RINGS_MIB);
	check_stream(options->stream_fd);
}
