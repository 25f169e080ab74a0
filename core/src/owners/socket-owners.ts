// Who owns a socket: the question, and who answers it on this machine. Must not know: packets, kernel events.
import type { FlowOwner } from '../api/events.js';
import { PortableOwners } from './portable-owners.js';
import { ProcOwners } from './proc-owners.js';
import type { SocketRow } from './socket-table.js';

export type SocketTransport = 'tcp' | 'udp';

export interface OwnerCounters {
  /** Readings of the socket tables. */
  refreshes: number;
  /** What the last reading took, and the longest, in milliseconds. */
  lastMs: number;
  maxMs: number;
  sockets: number;
  /** Sockets beyond the bound of the table; they have no owner here. */
  refusedSockets: number;
  /** Sockets whose process could not be seen: another user's, another container's, or gone. */
  unownedSockets: number;
  /** Processes whose open files could not be read for lack of permission, in the last reading. */
  deniedProcesses: number;
}

export interface SocketOwners {
  readonly counters: Readonly<OwnerCounters>;
  /** Reads the socket tables again when the last reading is old enough. @param nowUs any clock that goes forwards. */
  refresh(nowUs: number): void;
  /** The owner of the local socket of a flow. Addresses are canonical text (`addressText`). Once a new flow, not once a packet. */
  lookup(
    transport: SocketTransport,
    localIp: string,
    localPort: number,
    remoteIp: string,
    remotePort: number,
  ): FlowOwner | undefined;
  /** False: no socket has this local port. Absent: look it up. */
  hasPort?(transport: SocketTransport, localPort: number): boolean;
  /** What somebody with more rights has seen: this process holds the socket with this inode. */
  addHolder?(inode: number, pid: number): void;
  /** Reads the tables now, and visits every socket whose process is known. '*' is any address. */
  visitSockets?(visit: (row: SocketRow, pid: number) => void): void;
}

/** A flow as it asks for its owner. */
export interface OwnerQuestion {
  /** tcp, udp, icmp … or the number of the IP protocol as text. */
  readonly transport: string;
  /** addressKey of the two ends. */
  readonly localKey: number;
  readonly remoteKey: number;
  /** The same as text; made when it is read. */
  readonly localIp: string;
  readonly remoteIp: string;
  /** Undefined where there are no ports. */
  readonly localPort: number | undefined;
  readonly remotePort: number | undefined;
  /** Of the first and the latest packet, wall clock. */
  readonly startUs: number;
  readonly endUs: number;
  /** The first packet was sent by this host. */
  readonly isOutgoing: boolean;
  /** Mean length of the frames this host has sent in it; 0: none. */
  readonly meanSentBytes: number;
  /** Neither end is here, and neither is everybody. Before a host has an address it is nobody's. */
  readonly isForwarded: boolean;
}

/** Owners of flows, not only of sockets that are open now. */
export interface FlowOwners {
  readonly counters: Readonly<OwnerCounters>;
  refresh(nowUs: number): void;
  lookup(question: OwnerQuestion): FlowOwner | undefined;
}

/** /proc on Linux; systeminformation and ps-list elsewhere. */
export function socketOwners(platform: NodeJS.Platform = process.platform): SocketOwners {
  return platform === 'linux' ? new ProcOwners() : new PortableOwners();
}
