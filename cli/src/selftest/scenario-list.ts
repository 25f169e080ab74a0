// The scenarios of `kaipo selftest`: what each is about, how large it is, what it must reach. Owns no work; the traffic itself is
// capture-helper/native/workload.
import type { ScenarioTarget } from './scorecard.js';

export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly target: ScenarioTarget;
  /** Arguments of the workload: the whole size, and that of --quick. */
  readonly full: readonly string[];
  readonly quick: readonly string[];
  /** Begins before the recorder, and moves its bytes when that is ready. */
  readonly isEarly?: boolean;
  /** Runs behind address translation. */
  readonly isInner?: boolean;
}

const sized = (
  name: string,
  target: ScenarioTarget,
  about: string,
  full: Readonly<Record<string, number>>,
  quick: Readonly<Record<string, number>>,
  more: Partial<Scenario> = {},
): Scenario => ({ name, about, target, full: flags(full), quick: flags(quick), ...more });

const flags = (values: Readonly<Record<string, number>>): string[] =>
  Object.entries(values).flatMap(([key, value]) => [`--${key}`, String(value)]);

const MB = 1_000_000;

/** In the order they run. */
export const SCENARIOS: readonly Scenario[] = [
  sized(
    'short-sequential',
    'short',
    'processes of one socket that live for milliseconds: TCP, UDP connected or not, IPv4, IPv6, mapped',
    { count: 2000 },
    { count: 160 },
  ),
  sized(
    'short-parallel',
    'short',
    'workers that start such processes at the same time, all to one address and port',
    { workers: 64, count: 100 },
    { workers: 16, count: 8 },
  ),
  sized('port-reuse', 'short', '32 ports and 16 pids that go round among programs', { count: 2048 }, { count: 192 }),
  sized('fork-inherited', 'named', 'a child that speaks on the socket of its parent', { clients: 40 }, { clients: 8 }),
  sized(
    'prefork',
    'named',
    'workers that accept from one socket',
    { clients: 4, workers: 8, count: 100 },
    { workers: 4, count: 20 },
  ),
  sized(
    'reuseport',
    'named',
    'workers with a socket each on one port (SO_REUSEPORT), TCP and UDP',
    { clients: 4, workers: 8, count: 100 },
    { clients: 2, workers: 4, count: 20 },
  ),
  sized('fd-passing', 'named', 'a socket handed to another program (SCM_RIGHTS)', { clients: 40 }, { clients: 6 }),
  sized('threads', 'short', 'a socket in each thread of a process', { clients: 4, count: 32 }, { count: 8 }),
  sized('bulk', 'named', 'TCP up and down', { clients: 2, bytes: 100 * MB }, { clients: 2, bytes: 4 * MB }),
  sized('duplex', 'named', 'TCP both ways at once', { bytes: 50 * MB }, { bytes: 2 * MB }),
  sized('udp', 'named', 'UDP, connected and not', { clients: 2, bytes: 10 * MB }, { clients: 2, bytes: MB }),
  sized(
    'ipv6',
    'named',
    'IPv6: TCP, UDP connected and not',
    { clients: 3, bytes: 30 * MB },
    { clients: 3, bytes: 2 * MB },
  ),
  sized('slow-drip', 'named', 'a byte every tenth of a second', { count: 40 }, { count: 12 }),
  sized(
    'long-lived',
    'named',
    'sockets that were open before the recorder began',
    { bytes: 20 * MB },
    { bytes: MB },
    { isEarly: true },
  ),
  sized('many-small', 'named', 'many small connections of one process', { count: 1000 }, { count: 60 }),
  sized('burst', 'named', 'connections opened all at once by one process', { count: 256 }, { count: 48 }),
  sized('sendfile', 'named', 'a file by sendfile()', { bytes: 50 * MB }, { bytes: 2 * MB }),
  sized('splice', 'named', 'a file by splice()', { bytes: 50 * MB }, { bytes: 2 * MB }),
  sized('mmsg', 'named', 'datagrams by sendmmsg() and recvmmsg()', { count: 500 }, { count: 40 }),
  sized('io-uring', 'named', 'connect, send and receive by io_uring', { clients: 2, bytes: 10 * MB }, { bytes: MB }),
  sized(
    'icmp-raw',
    'named',
    'ICMP and ICMPv6 echo from raw sockets',
    { clients: 2, count: 100 },
    { clients: 2, count: 5 },
  ),
  sized(
    'icmp-ping',
    'named',
    'ICMP and ICMPv6 echo from ping sockets',
    { clients: 2, count: 100 },
    { clients: 2, count: 5 },
  ),
  sized('sctp', 'named', 'SCTP', { clients: 4, count: 50 }, { count: 5 }),
  sized('raw-ip', 'named', 'an IP protocol of its own (253) from a raw socket', { count: 100 }, { count: 5 }),
  sized(
    'af-packet',
    'unattributable',
    'whole frames through AF_PACKET: no socket has their ports',
    { count: 100 },
    { count: 5 },
  ),
  sized('loopback', 'named', 'both ends on this host', { count: 200 }, { count: 16 }),
  sized(
    'container',
    'named',
    'another network namespace behind address translation',
    { clients: 40 },
    { clients: 6 },
    { isInner: true },
  ),
  sized('udp-tuple-reuse', 'short', 'one UDP five-tuple that goes round among programs', { count: 200 }, { count: 32 }),
];
