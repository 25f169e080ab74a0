/* argv, and which function each scenario and each kind of client is. Owns the list of scenarios. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "workload.h"

struct options options = { .clients = 1, .count = 1, .workers = 4 };

static const char usage[] =
	"usage: kaipo-workload serve [--truth FILE]\n"
	"       kaipo-workload run SCENARIO --truth FILE --dir DIR --server4 IP --server6 IP --local4 IP --local6 IP\n"
	"                      [--clients N] [--count N] [--workers N] [--bytes N] [--seed N]\n"
	"                      [--interface NAME --server-mac MAC]\n"
	"       kaipo-workload list\n"
	"Makes traffic from many processes; each appends what it did to FILE, one line of JSON a flow. DIR gets their names.\n"
	"Exit: 0 done, 77 this machine cannot (standard error says why), 64 usage, 74 something failed.\n";

/* A scenario is a function of its own, or a number of clients of one kind. */
static const struct scenario {
	const char *name;
	int (*run)(void);
	const char *prefix;
	int (*client)(void);
} scenarios[] = {
	{ "short-sequential", run_short_sequential, NULL, NULL },
	{ "short-parallel", run_short_parallel, NULL, NULL },
	{ "port-reuse", run_port_reuse, NULL, NULL },
	{ "udp-tuple-reuse", run_udp_tuple_reuse, NULL, NULL },
	{ "loopback", run_loopback, NULL, NULL },
	{ "short", NULL, "kw-short", client_short },
	{ "udp-reuse", NULL, "kw-reuse", client_udp_reuse },
	{ "fork-inherited", NULL, "kw-fork", client_fork_inherited },
	{ "prefork", NULL, "kw-prefork", client_prefork },
	{ "reuseport", NULL, "kw-rport", client_reuseport },
	{ "fd-passing", NULL, "kw-fd-open", client_fd_open },
	{ "fd-use", NULL, "kw-fd-use", client_fd_use },
	{ "threads", NULL, "kw-threads", client_threads },
	{ "bulk", NULL, "kw-bulk", client_bulk },
	{ "duplex", NULL, "kw-duplex", client_duplex },
	{ "udp", NULL, "kw-udp", client_udp },
	{ "ipv6", NULL, "kw-ipv6", client_ipv6 },
	{ "slow-drip", NULL, "kw-drip", client_slow_drip },
	{ "long-lived", NULL, "kw-long", client_long_lived },
	{ "many-small", NULL, "kw-many", client_many_small },
	{ "burst", NULL, "kw-burst", client_burst },
	{ "sendfile", NULL, "kw-sendfile", client_sendfile },
	{ "splice", NULL, "kw-splice", client_splice },
	{ "mmsg", NULL, "kw-mmsg", client_mmsg },
	{ "io-uring", NULL, "kw-uring", client_io_uring },
	{ "icmp-raw", NULL, "kw-icmp-raw", client_icmp_raw },
	{ "icmp-ping", NULL, "kw-ping", client_icmp_ping },
	{ "raw-ip", NULL, "kw-raw-ip", client_raw_ip },
	{ "sctp", NULL, "kw-sctp", client_sctp },
	{ "af-packet", NULL, "kw-packet", client_af_packet },
	{ "container", NULL, "kw-inner", client_container },
	{ "udp-storm", NULL, "kw-storm", client_udp_storm },
	{ "tcp-storm", NULL, "kw-storm", client_tcp_storm },
};

static const struct scenario *find(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof scenarios / sizeof *scenarios; i++)
		if (strcmp(scenarios[i].name, name) == 0)
			return &scenarios[i];
	die(EXIT_BAD_USAGE, "'%.40s': no such scenario (kaipo-workload list)", name == NULL ? "" : name);
}

static uint64_t number(const char *option, const char *text)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0')
		die(EXIT_BAD_USAGE, "%s: '%.40s' is not a number", option, text);
	return value;
}

static void take_option(const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **text;
	} texts[] = { { "--scenario", &options.scenario }, { "--truth", &options.truth }, { "--dir", &options.directory },
		      { "--server4", &options.server4 }, { "--server6", &options.server6 }, { "--local4", &options.local4 },
		      { "--local6", &options.local6 }, { "--interface", &options.interface },
		      { "--server-mac", &options.server_mac }, { "--group-exe", &options.group_exe } };
	const struct {
		const char *name;
		unsigned *value;
	} numbers[] = { { "--clients", &options.clients }, { "--count", &options.count }, { "--workers", &options.workers }, { "--variant", &options.variant },
			{ "--local-port", &options.local_port }, { "--group-pid", (unsigned *)&options.group_pid } };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcmp(texts[i].name, name) == 0) {
			*texts[i].text = value;
			return;
		}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (strcmp(numbers[i].name, name) == 0) {
			*numbers[i].value = (unsigned)number(name, value);
			return;
		}
	if (strcmp(name, "--bytes") == 0)
		options.bytes = number(name, value);
	else if (strcmp(name, "--seed") == 0)
		options.seed = number(name, value);
	else
		die(EXIT_BAD_USAGE, "'%.40s': no such option", name);
}

static void take_options(int count, char **arguments)
{
	for (int i = 0; i < count; i += 2) {
		if (i + 1 == count)
			die(EXIT_BAD_USAGE, "%s: needs a value", arguments[i]);
		take_option(arguments[i], arguments[i + 1]);
	}
}

static int list(void)
{
	for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
		puts(scenarios[i].name);
	return 0;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	if (strcmp(command, "list") == 0)
		return list();
	if (strcmp(command, "--help") == 0)
		return fputs(usage, stdout) < 0;
	bool serving = strcmp(command, "serve") == 0, running = strcmp(command, "run") == 0;
	if (serving) {
		take_options(argc - 2, argv + 2);
		return serve();
	}
	if (argc < 3 || (!running && strcmp(command, "client") != 0)) {
		fputs(usage, stderr);
		return EXIT_BAD_USAGE;
	}
	options.what = options.scenario = argv[2];
	take_options(argc - 3, argv + 3);
	if (options.truth == NULL || options.directory == NULL || options.server4 == NULL || options.server6 == NULL)
		die(EXIT_BAD_USAGE, "--truth, --dir, --server4 and --server6 are needed");
	const struct scenario *scenario = find(options.what);
	if (!running)
		return scenario->client != NULL ? scenario->client() : EXIT_BAD_USAGE;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return scenario->run != NULL ? scenario->run() : run_clients(scenario->name, scenario->prefix);
}
