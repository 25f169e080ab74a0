/* The kernel's packet rings (TPACKET_V3, Documentation/networking/packet_mmap.rst) and the copy out of them: the only code that
 * touches packet bytes, and it never looks at what they mean. The one exception: two addresses are stepped over to put a VLAN
 * tag back where it was.
 *
 *   ring:   | block 0 | block 1 | block 2 | ...        the kernel fills, in order; a block is handed over when it is full
 *             ^ next                                   or block-timeout-ms old, and given back when all of it is copied
 *   block:  header: status, packets, first offset | tpacket3_hdr, sockaddr_ll, bytes | tpacket3_hdr, ...
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "kaipo-capture.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

#define MIB (1024U * 1024U)
#define VLAN_BYTES 4
#define VLAN_OFFSET 12 /* behind the two addresses */
#define EPB_HEADER 28
#define EPB_TRAILER 16 /* epb_flags, end of options, block length */

static void set(const struct ring *ring, int option, const void *value, size_t size, const char *what)
{
	if (setsockopt(ring->fd, SOL_PACKET, option, value, (socklen_t)size) != 0)
		die(EXIT_UNAVAILABLE, "%s: %s: %s", ring->name, what, strerror(errno));
}

/* Half the size is better than no capture: memory for a ring is taken in large pieces that an old machine may not have. */
static void request_ring(struct ring *ring, const struct options *options)
{
	for (unsigned mib = options->ring_mib; mib >= 1; mib /= 2) {
		/* A block holds at least one packet of the largest snaplen; small rings need more than one block. */
		ring->block_bytes = mib >= 4 ? MIB : MIB / 2;
		ring->block_count = mib * MIB / ring->block_bytes;
		struct tpacket_req3 request = { .tp_block_size = ring->block_bytes,
						.tp_block_nr = ring->block_count,
						.tp_frame_size = 2048, /* unused by V3, but must divide the block */
						.tp_frame_nr = ring->block_bytes / 2048 * ring->block_count,
						.tp_retire_blk_tov = options->block_timeout_ms };
		ring->granted_mib = mib;
		if (setsockopt(ring->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) == 0)
			return;
		if (errno != ENOMEM)
			break;
	}
	die(EXIT_UNAVAILABLE, "%s: packet ring: %s", ring->name, strerror(errno));
}

static void open_ring(struct ring *ring, const struct options *options)
{
	const int version = TPACKET_V3, on = 1;
	set(ring, PACKET_VERSION, &version, sizeof version, "TPACKET_V3");
	request_ring(ring, options);
	void *map = mmap(NULL, (size_t)ring->block_bytes * ring->block_count, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	if (map == MAP_FAILED)
		die(EXIT_UNAVAILABLE, "%s: mapping the packet ring: %s", ring->name, strerror(errno));
	ring->map = map;
	ring->snaplen = options->snaplen;
	/* On loopback each packet passes twice, going out and coming in: once is enough, as libpcap has it. */
	if (ring->loopback)
		set(ring, PACKET_IGNORE_OUTGOING, &on, sizeof on, "PACKET_IGNORE_OUTGOING (needs Linux 4.20)");
	if (options->promiscuous && !ring->loopback) {
		struct packet_mreq request = { .mr_ifindex = ring->ifindex, .mr_type = PACKET_MR_PROMISC };
		set(ring, PACKET_ADD_MEMBERSHIP, &request, sizeof request, "promiscuous mode");
	}
}

void open_rings(const struct options *options)
{
	unsigned present = 0;
	for (unsigned i = 0; i < ring_count; i++) {
		/* Only a spare can meet a device that went away since: it takes over what is left. */
		if (options->standby && !refresh_ifindex(&rings[i])) {
			rings[i].state = LINK_GONE;
			continue;
		}
		open_ring(&rings[i], options);
		present++;
	}
	if (present == 0)
		die(EXIT_NO_INTERFACE, "%s: no such interface any more", rings[0].name);
	for (unsigned i = 0; i < ring_count; i++) {
		struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
					       .sll_ifindex = rings[i].ifindex };
		if (rings[i].state == LINK_GONE)
			continue;
		if (bind(rings[i].fd, (struct sockaddr *)&address, sizeof address) != 0)
			die(errno == ENODEV ? EXIT_NO_INTERFACE : EXIT_UNAVAILABLE, "%s: bind: %s", rings[i].name, strerror(errno));
	}
}

static void put(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, 4);
}

/* One packet to one Enhanced Packet Block; false when the stream has no room. */
static bool copy_packet(const struct ring *ring, const struct tpacket3_hdr *packet)
{
	const uint8_t *data = (const uint8_t *)packet + packet->tp_mac;
	const struct sockaddr_ll *address =
		(const void *)((const uint8_t *)packet + TPACKET_ALIGN(sizeof(struct tpacket3_hdr)));
	uint32_t captured = packet->tp_snaplen, original = packet->tp_len;
	uint8_t *block = stream_reserve(EPB_HEADER + captured + VLAN_BYTES + 3 + EPB_TRAILER);
	if (block == NULL)
		return false;
	uint8_t *to = block + EPB_HEADER;
	if ((packet->tp_status & TP_STATUS_VLAN_VALID) != 0 && ring->linktype == LINKTYPE_ETHERNET && captured >= VLAN_OFFSET) {
		uint16_t tpid = packet->tp_status & TP_STATUS_VLAN_TPID_VALID ? packet->hv1.tp_vlan_tpid : ETH_P_8021Q;
		uint16_t tag[2] = { htons(tpid), htons((uint16_t)packet->hv1.tp_vlan_tci) };
		memcpy(to, data, VLAN_OFFSET);
		memcpy(to + VLAN_OFFSET, tag, VLAN_BYTES);
		memcpy(to + VLAN_OFFSET + VLAN_BYTES, data + VLAN_OFFSET, captured - VLAN_OFFSET);
		captured = captured + VLAN_BYTES < ring->snaplen ? captured + VLAN_BYTES : ring->snaplen;
		original += VLAN_BYTES;
	} else {
		memcpy(to, data, captured);
	}
	uint64_t time_ns = (uint64_t)packet->tp_sec * 1000000000ULL + packet->tp_nsec;
	uint32_t padding = -captured & 3;
	uint32_t length = EPB_HEADER + captured + padding + EPB_TRAILER;
	put(block, 6);
	put(block + 4, length);
	put(block + 8, ring->id);
	put(block + 12, (uint32_t)(time_ns >> 32));
	put(block + 16, (uint32_t)time_ns);
	put(block + 20, captured);
	put(block + 24, original);
	to += captured;
	memset(to, 0, padding);
	to += padding;
	put(to, 2 | 4 << 16); /* epb_flags, 4 bytes */
	put(to + 4, address->sll_pkttype == PACKET_OUTGOING ? 2 : 1);
	put(to + 8, 0);
	put(to + 12, length);
	stream_commit(length);
	return true;
}

/* Copies what is left of the next finished block and gives the block back. False when the stream is full: the block then stays ours
 * and the next call goes on where this one stopped. */
bool copy_block(struct ring *ring, bool *more)
{
	if (ring->map == NULL)
		return true;
	uint8_t *base = ring->map + (size_t)ring->block * ring->block_bytes;
	struct tpacket_hdr_v1 *block = &((struct tpacket_block_desc *)base)->hdr.bh1;
	if (ring->remaining == 0) {
		if ((__atomic_load_n(&block->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0)
			return true;
		ring->remaining = block->num_pkts;
		ring->offset = block->offset_to_first_pkt;
	}
	while (ring->remaining > 0) {
		const struct tpacket3_hdr *packet = (const void *)(base + ring->offset);
		__builtin_prefetch(base + ring->offset + packet->tp_next_offset);
		if (!copy_packet(ring, packet))
			return false;
		ring->offset += packet->tp_next_offset;
		ring->remaining--;
		ring->delivered++;
	}
	__atomic_store_n(&block->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	ring->block = ring->block + 1 == ring->block_count ? 0 : ring->block + 1;
	*more = true;
	return true;
}

/* The kernel starts again from 0 at each reading; tp_packets already has the dropped ones in it. */
void read_kernel_counters(struct ring *ring)
{
	struct tpacket_stats_v3 counters = { 0 };
	socklen_t length = sizeof counters;
	if (ring->map == NULL)
		return;
	if (getsockopt(ring->fd, SOL_PACKET, PACKET_STATISTICS, &counters, &length) != 0)
		die(EXIT_IO, "%s: packet counters: %s", ring->name, strerror(errno));
	ring->received += counters.tp_packets;
	ring->dropped += counters.tp_drops;
}
