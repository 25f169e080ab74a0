/* Socket filters. Text is compiled by libpcap, which is loaded only when there is text, and only after the drop: a parser is
 * no business of a privileged process. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kaipo-capture.h"

/* libpcap's ABI, stable since 1.0: its headers need not be there to build. struct bpf_insn equals struct sock_filter. */
struct pcap_program {
	unsigned length;
	struct sock_filter *instructions;
};
#define PCAP_ETHERNET 1
#define PCAP_RAW 12
#define PCAP_UNKNOWN_NETMASK 0xffffffffU

static void *(*pcap_open_dead)(int link_type, int snaplen);
static int (*pcap_compile)(void *pcap, struct pcap_program *program, const char *text, int optimize, unsigned netmask);
static char *(*pcap_geterr)(void *pcap);

static void load_libpcap(void)
{
	static const char *const names[] = { "libpcap.so.0.8", "libpcap.so.1" };
	void *library = NULL;
	for (size_t i = 0; library == NULL && i < sizeof names / sizeof *names; i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (library != NULL) {
		*(void **)&pcap_open_dead = dlsym(library, "pcap_open_dead");
		*(void **)&pcap_compile = dlsym(library, "pcap_compile");
		*(void **)&pcap_geterr = dlsym(library, "pcap_geterr");
	}
	if (pcap_open_dead == NULL || pcap_compile == NULL || pcap_geterr == NULL)
		die(EXIT_UNAVAILABLE, "--filter: needs libpcap to compile the text: apt install libpcap0.8");
}

/* The kernel takes the outer VLAN tag off before it filters, so the code libpcap writes for `vlan` would look in the wrong place
 * and match nothing. Nothing captured with no message is the worst answer. */
static void refuse_vlan(const char *text)
{
	for (const char *word = text; (word = strstr(word, "vlan")) != NULL; word += 4) {
		static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
		if ((word == text || strchr(letters, word[-1]) == NULL) && (word[4] == '\0' || strchr(letters, word[4]) == NULL))
			die(EXIT_BAD_FILTER, "--filter: 'vlan' cannot be matched in the kernel, which takes the tag off first: name what "
			    "is inside the tag instead");
	}
}

static void attach(struct ring *ring, const struct sock_fprog *program)
{
	if (setsockopt(ring->fd, SOL_SOCKET, SO_ATTACH_FILTER, program, sizeof *program) != 0)
		die(EXIT_BAD_FILTER, "%s: the kernel refused the filter: %s", ring->name, strerror(errno));
}

void attach_filters(const struct options *options)
{
	/* The value a filter returns is how many bytes of the packet are kept: that is the snaplen. */
	struct sock_filter keep[] = { BPF_STMT(BPF_RET | BPF_K, options->snaplen) };
	struct sock_fprog all = { .len = 1, .filter = keep };

	if (options->filter == NULL) {
		for (unsigned i = 0; i < ring_count; i++)
			attach(&rings[i], &all);
		return;
	}
	refuse_vlan(options->filter);
	load_libpcap();
	struct pcap_program compiled[2] = { 0 };
	for (unsigned i = 0; i < ring_count; i++) {
		bool raw = rings[i].linktype == LINKTYPE_RAW;
		if (compiled[raw].instructions == NULL) {
			void *pcap = pcap_open_dead(raw ? PCAP_RAW : PCAP_ETHERNET, (int)options->snaplen);
			if (pcap == NULL)
				die(EXIT_UNAVAILABLE, "--filter: libpcap: no memory");
			if (pcap_compile(pcap, &compiled[raw], options->filter, 1, PCAP_UNKNOWN_NETMASK) != 0)
				die(EXIT_BAD_FILTER, "--filter: %s", pcap_geterr(pcap));
			if (compiled[raw].length == 0 || compiled[raw].length > BPF_MAXINSNS)
				die(EXIT_BAD_FILTER, "--filter: %u instructions; the kernel takes %d", compiled[raw].length, BPF_MAXINSNS);
		}
		struct sock_fprog program = { .len = (unsigned short)compiled[raw].length,
					      .filter = compiled[raw].instructions };
		attach(&rings[i], &program);
	}
}

/* The end begins: from here the kernel counts nothing more, so that the books can close. */
void attach_drop_all(struct ring *ring)
{
	struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog program = { .len = 1, .filter = none };
	attach(ring, &program);
}
