// What TCP sockets moved in an interval, by application and remote host: the movement of a run that sees no packets. Owns: the sums, and on
// whose books a socket's bytes are. Bytes are TCP payload. Must not know: streams, stores. Bounds: MAX_ROWS names a kind, ListBounds.
import type { FlowOwner } from '../api/events.js';
import type { BookReason, Zone } from '../kernel/traffic-words.js';
import type { FollowedSocket, SocketMovement } from '../owners/diag/socket-ledger.js';
import { isRunning } from '../owners/is-running.js';
import { FEW_ROWS, type ListBounds } from './list-bounds.js';
import { scopedApps, scopedRows, shownSums } from './live-rows.js';
import type { LiveFlow, LiveHost } from './live-snapshot.js';
import type { LiveMovement } from './live-view.js';
import { withoutProcess } from './owner-key.js';
import { OwnerRows } from './owner-rows.js';
import { partNumber } from './traffic-part.js';
import { addTraffic, intervalBytes, OTHER, TrafficTable } from './traffic-table.js';

const MAX_ROWS = 4096;
const PROTOCOL = 'tcp';

export interface SocketViewSource {
  ownerOf(socket: FollowedSocket): FlowOwner | undefined;
  zoneOf(ip: string): Zone;
  /** The interface whose counters have a socket's bytes, where that can be known. */
  interfaceOf(socket: FollowedSocket): string | undefined;
  /** Absent: asks the operating system. */
  isRunning?(owner: FlowOwner): boolean;
}

export class SocketView {
  readonly #source: SocketViewSource;
  readonly #owners = new OwnerRows();
  readonly #hosts = new TrafficTable(MAX_ROWS);
  readonly #protocols = new TrafficTable(MAX_ROWS);
  readonly #unknown = new TrafficTable(MAX_ROWS);
  /** Names of interfaces by number; 0 is none. */
  readonly #interfaces: (string | undefined)[] = [undefined];

  constructor(source: SocketViewSource) {
    this.#source = source;
  }

  /** Closes an interval: what moved in it, and what lives now. */
  take(moved: readonly SocketMovement[], live: Iterable<FollowedSocket>, bounds: ListBounds = FEW_ROWS): LiveMovement {
    for (const movement of moved) this.#add(movement);
    for (const socket of live) {
      if (socket.isListener) continue;
      const owner = this.#source.ownerOf(socket);
      if (owner !== undefined) this.#owners.countLive(this.#owners.owned(owner));
      this.#hosts.row(socket.remoteIp).flows += 1;
      this.#protocols.row(PROTOCOL).flows += 1;
    }
    const movement = this.#movement(moved, bounds);
    for (const table of [this.#hosts, this.#protocols, this.#unknown]) {
      table.prune();
      table.reset();
    }
    this.#owners.reset();
    return movement;
  }

  #add({ socket, txBytes, rxBytes, isNew }: SocketMovement): void {
    const moved = {
      txBytes,
      rxBytes,
      txPackets: 0,
      rxPackets: 0,
      flowsStarted: isNew ? 1 : 0,
      firstUs: socket.startUs,
    };
    const interfaceId = this.#idOf(this.#source.interfaceOf(socket));
    const zone = this.#source.zoneOf(socket.remoteIp);
    const scope = partNumber(interfaceId, zone);
    addTraffic(this.#hosts.row(socket.remoteIp), moved, scope);
    addTraffic(this.#protocols.row(PROTOCOL), moved, scope);
    const owner = this.#source.ownerOf(socket);
    if (owner !== undefined) {
      this.#owners.add(this.#owners.owned(owner), moved, interfaceId, zone);
    } else {
      const reason: BookReason = 'short-lived';
      addTraffic(this.#unknown.row(reason), moved, scope);
    }
  }

  #idOf(name: string | undefined): number {
    const known = this.#interfaces.indexOf(name);
    return known >= 0 ? known : this.#interfaces.push(name) - 1;
  }

  #movement(moved: readonly SocketMovement[], bounds: ListBounds): LiveMovement {
    const apps = this.#owners.apps();
    const hosts = this.#hosts.sorted();
    const protocols = this.#protocols.sorted();
    const nameOf = (interfaceId: number): string | undefined => this.#interfaces[interfaceId];
    return {
      apps: apps
        .slice(0, bounds.apps)
        .map((row) => ({ ...withoutProcess(this.#owners.ownerOf(row)), ...shownSums(row) })),
      processes: this.#owners.takeProcesses(
        (owner) => this.#source.isRunning?.(owner) ?? (owner.pid === undefined || isRunning(owner.pid)),
        bounds.processes,
      ),
      hosts: hosts.slice(0, bounds.hosts).map((row): LiveHost => {
        const zone = row.name === OTHER ? undefined : this.#source.zoneOf(row.name);
        return { ip: row.name, ...shownSums(row), ...(zone === undefined ? {} : { zone }) };
      }),
      protocols: protocols.map((row) => ({ name: row.name, ...shownSums(row) })),
      flows: this.#flows(moved, bounds.flows),
      scoped: {
        apps: scopedApps(apps, (row) => this.#owners.ownerOf(row), nameOf),
        hosts: scopedRows(hosts, nameOf),
        protocols: scopedRows(protocols, nameOf),
        unknown: scopedRows(this.#unknown.sorted(), nameOf),
      },
    };
  }

  #flows(moved: readonly SocketMovement[], maxRows: number): LiveFlow[] {
    const largest = [...moved].sort((a, b) => intervalBytes(b) - intervalBytes(a)).slice(0, maxRows);
    return largest.map(({ socket, txBytes, rxBytes }): LiveFlow => {
      const interfaceName = this.#source.interfaceOf(socket);
      return {
        id: socket.cookie.toString(16).padStart(16, '0'),
        transport: PROTOCOL,
        local: { ip: socket.localIp, port: socket.localPort },
        remote: { ip: socket.remoteIp, port: socket.remotePort },
        ...(interfaceName === undefined ? {} : { interface: interfaceName }),
        ...ownerFields(this.#source.ownerOf(socket)),
        startUs: socket.startUs,
        txBytes,
        rxBytes,
        txPackets: 0,
        rxPackets: 0,
        txBytesTotal: socket.txBytesTotal,
        rxBytesTotal: socket.rxBytesTotal,
        zone: this.#source.zoneOf(socket.remoteIp),
        ...(socket.isAccepted === undefined
          ? {}
          : { direction: socket.isAccepted ? ('in' as const) : ('out' as const) }),
      };
    });
  }
}

function ownerFields(owner: FlowOwner | undefined): Partial<LiveFlow> {
  if (owner === undefined) return {};
  const { startUs: _, parents: __, exe: ___, ...fields } = owner;
  return fields;
}
