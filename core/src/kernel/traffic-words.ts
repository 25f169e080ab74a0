// Words for traffic that several floors share. Owns types and their order only; the orders are part of the store's format.

/** What carries an interface. Only some of them add to totals: a byte that passes a VPN, a bridge and a NIC is one byte. */
export const INTERFACE_CLASSES = ['physical', 'virtual', 'bridge', 'bond', 'vlan', 'tunnel', 'loopback'] as const;
export type InterfaceClass = (typeof INTERFACE_CLASSES)[number];

/** Where the other end is: this host itself, the local networks (also multicast and broadcast), or beyond them. */
export const ZONES = ['host', 'lan', 'internet'] as const;
export type Zone = (typeof ZONES)[number];

/** The sides of the books: kernel = attributed + unknown + not-captured + in-flight, for each interface and interval. */
export const BOOK_CATEGORIES = ['kernel', 'attributed', 'unknown', 'not-captured', 'in-flight'] as const;
export type BookCategory = (typeof BOOK_CATEGORIES)[number];

/** Why a byte is unknown or was not captured. Append only. */
export const BOOK_REASONS = [
  /** Nothing to explain: kernel, attributed, in-flight. */
  'none',
  /** unknown: a flow with ports, and no socket was found that has them. */
  'no-socket',
  /** unknown: a protocol without ports (ICMP, IGMP …), or a fragment. */
  'no-ports',
  /** unknown: no flow at all: ARP, LLDP, damaged, or the flow table was full. */
  'not-a-flow',
  /** not captured: the kernel's ring was full. */
  'ring-full',
  /** not captured: the helper fell behind. */
  'helper-slow',
  /** not captured: the capture was starting, or broken and being restarted. */
  'capture-gap',
  /** not captured: only counters are read. */
  'counters-only',
  /** not captured: another interface was captured. */
  'not-selected',
  /** not captured: counted while no recorder ran. */
  'recorder-down',
  /** not captured, and nothing explains it: the residual. */
  'unexplained',
  /** unknown: read from a capture file that no kernel counter has seen. */
  'file',
  /** not captured: rows of another tracker, which counted bytes and no more. */
  'imported',
  /** unknown: the kernel's events about this socket were lost, or switched off in a storm of them. */
  'events-lost',
  /** unknown: payload of a socket that was opened and closed between two looks at the kernel's socket table. */
  'short-lived',
  /** Outside the books: payload of sockets on no counted interface: within this host, over a tunnel, from a shared address. */
  'elsewhere',
] as const;
export type BookReason = (typeof BOOK_REASONS)[number];
