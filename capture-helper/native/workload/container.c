/* A client behind address translation. Owns: asking the server how it is seen, which is how its flow looks on the wire. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "workload.h"

int client_container(void)
{
	struct flow flow;
	char answer[128] = "", ip[64];
	unsigned port;
	bool tcp = options.variant % 2 == 0;
	flow_connect(&flow, tcp ? SOCK_STREAM : SOCK_DGRAM, server_address(AF_INET, PORT_WHO_AM_I));
	flow_send(&flow, pattern, 64);
	/* The answer has a fixed length, filled up with spaces. */
	flow_receive(&flow, answer, 64);
	if (sscanf(answer, "%63s %u", ip, &port) != 2 || !parse_address(ip, port, &flow.wire))
		die(EXIT_IO, "the server does not say who I am");
	pause_us(2000);
	flow_end(&flow);
	return 0;
}
