// What TCP sockets moved in an interval, by application and remote host: the movement of a run that sees no packets. Owns: the sums, and on
// whose books a socket's bytes are. Bytes are TCP payload. Must not know: streams, stores. Bounds: MAX_ROWS names a kind, SHOWN rows a list.
import type { FlowOwner } from '../api/events.js';
import type { BookReason, Zone } from '../kernel/traffic-words.js';
import type { FollowedSocket, SocketMovement } from '../owners/diag/socket-ledger.js';
import { isRunning } from '../owners/is-running.js';
import type { AppSums, NamedSums } from '../store/interval-record.js';
import { LiveProcesses } from './live-processes.js';
import type { LiveFlow } from './live-snapshot.js';
import type { LiveMovement } from './live-view.js';
import { ownerKey, withoutProcess } from './owner-key.js';
import { partNumber, partOfNumber } from './traffic-part.js';
import { addTraffic, intervalBytes, type RowPart, type RunningRow, TrafficTable } from './traffic-table.js';

const MAX_ROWS = 4096;
const SHOWN = 200;
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
  readonly #apps = new TrafficTable(MAX_ROWS);
  readonly #hosts = new TrafficTable(MAX_ROWS);
  readonly #protocols = new TrafficTable(MAX_ROWS);
  readonly #unknown = new TrafficTable(MAX_ROWS);
  readonly #processes = new LiveProcesses();
  readonly #owners = new Map<string, FlowOwner>();
  /** Names of interfaces by number; 0 is none. */
  readonly #interfaces: (string | undefined)[] = [undefined];

  constructor(source: SocketViewSource) {
    this.#source = source;
  }

  /** Closes an interval: what moved in it, and what lives now. */
  take(moved: readonly SocketMovement[], live: Iterable<FollowedSocket>): LiveMovement {
    for (const movement of moved) this.#add(movement);
    for (const socket of live) {
      if (socket.isListener) continue;
      const owner = this.#source.ownerOf(socket);
      if (owner !== undefined) {
        const key = this.#keyOf(owner);
        this.#apps.row(key).flows += 1;
        const process = this.#processes.row(owner, key);
        if (process !== undefined) process.flows += 1;
      }
      this.#hosts.row(socket.remoteIp).flows += 1;
      this.#protocols.row(PROTOCOL).flows += 1;
    }
    const movement = this.#movement(moved);
    for (const table of [this.#apps, this.#hosts, this.#protocols, this.#unknown]) {
      table.prune();
      table.reset();
    }
    if (this.#owners.size > MAX_ROWS)
      for (const key of this.#owners.keys()) if (!this.#apps.has(key)) this.#owners.delete(key);
    return movement;
  }

  #add({ socket, txBytes, rxBytes, isNew }: SocketMovement): void {
    const moved = { txBytes, rxBytes, txPackets: 0, rxPackets: 0, flowsStarted: isNew ? 1 : 0 };
    const interfaceId = this.#idOf(this.#source.interfaceOf(socket));
    const zone = this.#source.zoneOf(socket.remoteIp);
    const scope = partNumber(interfaceId, zone);
    addTraffic(this.#hosts.row(socket.remoteIp), moved, scope);
    addTraffic(this.#protocols.row(PROTOCOL), moved, scope);
    const owner = this.#source.ownerOf(socket);
    if (owner !== undefined) {
      const key = this.#keyOf(owner);
      addTraffic(this.#apps.row(key), moved, partNumber(interfaceId, zone, owner.quality));
      const process = this.#processes.row(owner, key);
      if (process !== undefined) addTraffic(process, moved);
    } else {
      const reason: BookReason = 'short-lived';
      addTraffic(this.#unknown.row(reason), moved, scope);
    }
  }

  #idOf(name: string | undefined): number {
    const known = this.#interfaces.indexOf(name);
    return known >= 0 ? known : this.#interfaces.push(name) - 1;
  }

  #keyOf(owner: FlowOwner): string {
    const key = ownerKey(owner);
    if (!this.#owners.has(key)) this.#owners.set(key, owner);
    return key;
  }

  #movement(moved: readonly SocketMovement[]): LiveMovement {
    const apps = this.#apps.sorted();
    const hosts = this.#hosts.sorted();
    const protocols = this.#protocols.sorted();
    const ownerOfRow = (row: RunningRow): FlowOwner =>
      this.#owners.get(row.name) ?? { app: row.name, quality: 'unknown' };
    return {
      apps: apps.slice(0, SHOWN).map((row) => ({ ...withoutProcess(ownerOfRow(row)), ...shown(row) })),
      processes: this.#processes.take(
        (owner) => this.#source.isRunning?.(owner) ?? (owner.pid === undefined || isRunning(owner.pid)),
        (key) => this.#apps.has(key),
      ),
      hosts: hosts.slice(0, SHOWN).map((row) => ({ ip: row.name, ...shown(row) })),
      protocols: protocols.map((row) => ({ name: row.name, ...shown(row) })),
      flows: this.#flows(moved),
      scoped: {
        apps: apps.flatMap((row) => {
          const { app, pid: _, ...owner } = withoutProcess(ownerOfRow(row));
          return row.parts.map((part): AppSums => {
            return { ...owner, quality: partOfNumber(part.part).quality, ...this.#scoped(app, part) };
          });
        }),
        hosts: this.#scopedRows(hosts),
        protocols: this.#scopedRows(protocols),
        unknown: this.#scopedRows(this.#unknown.sorted()),
      },
    };
  }

  #flows(moved: readonly SocketMovement[]): LiveFlow[] {
    const largest = [...moved].sort((a, b) => intervalBytes(b) - intervalBytes(a)).slice(0, SHOWN);
    return largest.map(({ socket, txBytes, rxBytes }): LiveFlow => {
      const app = this.#source.ownerOf(socket)?.app;
      const interfaceName = this.#source.interfaceOf(socket);
      return {
        id: socket.cookie.toString(16).padStart(16, '0'),
        transport: PROTOCOL,
        local: { ip: socket.localIp, port: socket.localPort },
        remote: { ip: socket.remoteIp, port: socket.remotePort },
        ...(interfaceName === undefined ? {} : { interface: interfaceName }),
        ...(app === undefined ? {} : { app }),
        startUs: socket.startUs,
        txBytes,
        rxBytes,
        txPackets: 0,
        rxPackets: 0,
        txBytesTotal: socket.txBytesTotal,
        rxBytesTotal: socket.rxBytesTotal,
      };
    });
  }

  #scopedRows(rows: readonly RunningRow[]): NamedSums[] {
    return rows.flatMap((row) => row.parts.map((part) => this.#scoped(row.name, part)));
  }

  #scoped(name: string, { part, flowsStarted, ...sums }: RowPart): NamedSums {
    const { interfaceId, zone } = partOfNumber(part);
    const interfaceName = this.#interfaces[interfaceId];
    return {
      name,
      ...sums,
      flows: flowsStarted,
      ...(interfaceName === undefined ? {} : { interface: interfaceName }),
      ...(zone === undefined ? {} : { zone }),
    };
  }
}

const shown = ({
  name: _,
  parts: __,
  flowsStarted: ___,
  ...sums
}: RunningRow): Omit<RunningRow, 'name' | 'parts' | 'flowsStarted'> => sums;
