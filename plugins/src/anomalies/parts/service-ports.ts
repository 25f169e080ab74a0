// Ports somebody looks for who looks for services. Owns the list: below 1024, and what listens above it and is worth finding.
// Traffic to other ports is as likely that of programs that agreed on one: torrents, calls, games, file transfers.

const HIGHER = [
  1080, 1194, 1433, 1434, 1521, 1723, 1883, 1900, 2049, 2181, 2222, 2375, 2376, 2483, 3000, 3128, 3268, 3306, 3389,
  3690, 4444, 4786, 5000, 5060, 5061, 5432, 5555, 5601, 5672, 5683, 5900, 5901, 5984, 5985, 5986, 6000, 6379, 6443,
  6667, 7001, 7547, 8000, 8008, 8080, 8081, 8086, 8088, 8443, 8500, 8728, 8888, 9000, 9042, 9090, 9100, 9200, 9300,
  10000, 10250, 11211, 15672, 27017, 37215, 49152, 50000, 52869,
];
const IS_SERVICE = new Uint8Array(65_536).fill(1, 1, 1024);
for (const port of HIGHER) IS_SERVICE[port] = 1;

export const isServicePort = (port: number): boolean => IS_SERVICE[port] === 1;

/** Services of UDP that answer strangers: what is looked for on many hosts. DNS and time are not among them, who asks many asks these. */
const UDP_SERVICES = new Set([
  17, 19, 69, 111, 137, 161, 177, 389, 427, 500, 520, 623, 1194, 1434, 1604, 1645, 1812, 1900, 2049, 3283, 3389, 3702,
  5060, 5093, 5351, 5353, 5683, 10001, 11211, 17185, 20000, 30718, 32414, 37810, 44818, 47808,
]);

export const isUdpService = (port: number): boolean => UDP_SERVICES.has(port);

/** Where traceroute sends: one port a packet. */
export const isTraceroutePort = (port: number): boolean => port >= 33_434 && port <= 33_690;

/** Where much is sent and nothing answered: logs, measurements, flow exports. */
const ONE_WAY = new Set([162, 514, 1514, 2055, 4739, 6343, 8125, 8126, 9995, 9996, 10514, 12201]);

export const isOneWayPort = (port: number): boolean => ONE_WAY.has(port);
