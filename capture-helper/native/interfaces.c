/* What an interface is (index, link layer, address, state) and the one call that needs a privilege: socket(AF_PACKET).
 * The sockets are opened with protocol 0, which receives nothing until bind(). */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kaipo-capture.h"

#ifndef ARPHRD_NONE
#define ARPHRD_NONE 0xfffe
#endif
#ifndef ARPHRD_RAWIP
#define ARPHRD_RAWIP 519
#endif
#ifndef ARPHRD_IP6GRE
#define ARPHRD_IP6GRE 823
#endif

static void no_such_interface(const char *name, const char *why) __attribute__((noreturn));
static void no_such_interface(const char *name, const char *why)
{
	char list[1024] = "";
	size_t used = 0;
	struct if_nameindex *all = if_nameindex();
	for (struct if_nameindex *entry = all; entry != NULL && entry->if_index != 0; entry++) {
		int added = snprintf(list + used, sizeof list - used, "%s%s", used == 0 ? "" : " ", entry->if_name);
		if (added < 0 || (size_t)added >= sizeof list - used)
			break;
		used += (size_t)added;
	}
	die(EXIT_NO_INTERFACE, "%s: %s: there are: %s", name, why, used == 0 ? "none" : list);
}

/* How a device's packets are read. Devices without a link header, or with one that only matters to the tunnel, are read
 * "cooked": the kernel strips to the IP header. */
static void choose_link_type(struct ring *ring)
{
	switch (ring->hardware) {
	case ARPHRD_LOOPBACK:
		ring->loopback = true;
		ring->linktype = LINKTYPE_ETHERNET; /* twelve zero bytes and an EtherType */
		return;
	case ARPHRD_ETHER:
		ring->linktype = LINKTYPE_ETHERNET;
		return;
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_PPP:
	case ARPHRD_SLIP:
	case ARPHRD_INFINIBAND:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
		ring->linktype = LINKTYPE_RAW;
		ring->cooked = true;
		return;
	default:
		die(EXIT_UNAVAILABLE, "%s: its link layer (ARPHRD %u) is not one this program can write", ring->name,
		    ring->hardware);
	}
}

static void explain_refusal(const char *name, int error) __attribute__((noreturn));
static void explain_refusal(const char *name, int error)
{
	if (error != EPERM && error != EACCES)
		die(EXIT_UNAVAILABLE, "%s: socket(AF_PACKET): %s", name, strerror(error));
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		die(EXIT_NO_PERMISSION, "%s: CAP_NET_RAW is missing, and no_new_privs is set, which makes the kernel ignore file "
		    "capabilities: start it outside of that sandbox", name);
	die(EXIT_NO_PERMISSION, "%s: CAP_NET_RAW is missing: run `sudo kaipo setup` once, or start with sudo", name);
}

void open_interfaces(const struct options *options)
{
	int query = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (query < 0)
		die(EXIT_UNAVAILABLE, "socket: %s", strerror(errno));
	for (unsigned i = 0; i < options->interface_count; i++) {
		struct ring *ring = &rings[i];
		struct ifreq request = { 0 };
		memcpy(request.ifr_name, options->interfaces[i], strlen(options->interfaces[i]));
		memcpy(ring->name, request.ifr_name, sizeof ring->name);
		ring->id = i;
		if (ioctl(query, SIOCGIFINDEX, &request) != 0)
			no_such_interface(ring->name, errno == ENODEV ? "no such interface" : strerror(errno));
		ring->ifindex = request.ifr_ifindex;
		if (ioctl(query, SIOCGIFHWADDR, &request) != 0)
			no_such_interface(ring->name, strerror(errno));
		ring->hardware = request.ifr_hwaddr.sa_family;
		choose_link_type(ring);
		if (ring->hardware == ARPHRD_ETHER) {
			ring->has_mac = true;
			memcpy(ring->mac, request.ifr_hwaddr.sa_data, sizeof ring->mac);
		}
	}
	close(query);
	for (unsigned i = 0; i < options->interface_count; i++) {
		rings[i].fd = socket(AF_PACKET, (rings[i].cooked ? SOCK_DGRAM : SOCK_RAW) | SOCK_CLOEXEC, 0);
		if (rings[i].fd < 0)
			explain_refusal(rings[i].name, errno);
	}
	ring_count = options->interface_count;
}

/* A spare may have waited for days: the name can mean another device by now, even one of another kind, or none. */
bool refresh_ifindex(struct ring *ring)
{
	struct ifreq request = { 0 };
	memcpy(request.ifr_name, ring->name, sizeof ring->name);
	if (ioctl(ring->fd, SIOCGIFINDEX, &request) != 0)
		return false;
	ring->ifindex = request.ifr_ifindex;
	return ioctl(ring->fd, SIOCGIFHWADDR, &request) == 0 && request.ifr_hwaddr.sa_family == ring->hardware;
}

/* Asks the socket, not the name: names are reused, and a socket whose device was deleted says so by an index of -1. */
enum link_state link_state(const struct ring *ring)
{
	struct sockaddr_ll address = { 0 };
	socklen_t length = sizeof address;
	struct ifreq request = { .ifr_ifindex = ring->ifindex };
	if (getsockname(ring->fd, (struct sockaddr *)&address, &length) != 0 || address.sll_ifindex != ring->ifindex)
		return LINK_GONE;
	if (ioctl(ring->fd, SIOCGIFNAME, &request) != 0 || ioctl(ring->fd, SIOCGIFFLAGS, &request) != 0)
		return LINK_DOWN; /* on its way out: the next question settles it */
	return (request.ifr_flags & IFF_UP) != 0 ? LINK_UP : LINK_DOWN;
}
