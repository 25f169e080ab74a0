// What a run without packets knows of applications: the TCP sockets of this network namespace. Owns: how program, ledger, owners and view
// fit together. Must not know counters, screens, stores. Bound: that of its parts.
import { networkInterfaces } from 'node:os';
import { findSocketProgram, SocketProgram } from '@kaipo/capture-helper/launch/socket-program.js';
import { DiagOwners } from '@kaipo/core/owners/diag/diag-owners.js';
import { type FollowedSocket, SocketLedger, type SocketMovement } from '@kaipo/core/owners/diag/socket-ledger.js';
import { SocketStream } from '@kaipo/core/owners/diag/socket-stream.js';
import { type CapturedSums, capturedByInterface } from '@kaipo/core/query/captured-sums.js';
import type { ListBounds } from '@kaipo/core/query/list-bounds.js';
import type { LiveNotice } from '@kaipo/core/query/live-snapshot.js';
import type { LiveMovement } from '@kaipo/core/query/live-view.js';
import { SocketView } from '@kaipo/core/query/socket-view.js';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';

const ADDRESSES_FOR_US = 10e6;
/** Snapshots in a row that were not whole: it is said then. */
const MAX_PARTS = 5;

/** What sockets moved in one interval. */
export interface SocketInterval {
  readonly movement: LiveMovement;
  /** Payload by interface, of those that are counted. */
  readonly captured: ReadonlyMap<string, CapturedSums>;
  /** Snapshots that arrived: what a counter has counted before the first of them is told by the second. */
  readonly snapshots: number;
  /** More is to come: what is missing now may be told later. */
  readonly isRunning: boolean;
}

export class SocketSide {
  readonly #ledger = new SocketLedger();
  readonly #owners = new DiagOwners(this.#ledger);
  readonly #zones = new TrafficZones();
  readonly #view: SocketView;
  readonly #program: SocketProgram;
  readonly #onNotice: (severity: LiveNotice['severity'], text: string) => void;
  #stream: SocketStream;
  /** The one interface that has an address; undefined: several have it. */
  #interfaceOfAddress = new Map<string, string | undefined>();
  #counted: ReadonlySet<string> = new Set();
  #addressesAtUs = Number.NEGATIVE_INFINITY;
  #snapshotsTaken = 0;
  #lostTaken = 0;
  #parts = 0;
  #isRunning = true;
  #held: readonly SocketMovement[] = [];

  /** Undefined where it cannot be: `onNotice` is told why. */
  static open(onNotice: (severity: LiveNotice['severity'], text: string) => void): SocketSide | undefined {
    const found = findSocketProgram();
    if ('path' in found) return new SocketSide(found.path, onNotice);
    onNotice('info', `applications are not shown: ${found.why}`);
    return undefined;
  }

  constructor(path: string, onNotice: (severity: LiveNotice['severity'], text: string) => void) {
    this.#onNotice = onNotice;
    this.#view = new SocketView({
      ownerOf: (socket) => this.#owners.ownerOf(socket),
      zoneOf: (ip) => this.#zones.zoneOf(ip),
      interfaceOf: (socket) => this.#interfaceOf(socket),
    });
    this.#stream = this.#newStream();
    this.#program = new SocketProgram(path, {
      onStart: () => {
        this.#stream = this.#newStream();
        this.#ledger.streamStarted();
      },
      onBytes: (bytes) => {
        this.#stream.push(bytes);
        const { failure } = this.#stream;
        if (failure !== undefined) this.#program.reject(`its stream was refused: ${failure}`);
      },
      onFailure: (why) => {
        this.#isRunning = false;
        onNotice('warning', `applications are not shown any more: kaipo-sockets cannot be run: ${why}`);
      },
    });
  }

  /** Asks for a last snapshot and takes it in. */
  async stop(): Promise<void> {
    await this.#program.stop();
    this.#isRunning = false;
  }

  /** What sockets have moved until now belongs to this interval. To be called before the counters are read: they have all of it then. */
  hold(): void {
    this.#held = this.#ledger.take();
  }

  /** Closes the interval; `counted`: interfaces that have books. */
  take(counted: ReadonlySet<string>, monoUs: number, bounds: ListBounds): SocketInterval {
    this.#counted = counted;
    this.#refreshAddresses(monoUs);
    const movement = this.#view.take(this.#held, this.#ledger.live(), bounds);
    this.#held = [];
    const { snapshots, lost } = this.#ledger;
    const interval: SocketInterval = {
      movement,
      captured: capturedByInterface(movement.scoped, new Map(), () => 'sockets'),
      snapshots: snapshots - this.#snapshotsTaken,
      isRunning: this.#isRunning,
    };
    if (lost > this.#lostTaken)
      this.#onNotice(
        'warning',
        'connections closed faster than the kernel could tell: what some of them moved last is not known',
      );
    this.#snapshotsTaken = snapshots;
    this.#lostTaken = lost;
    return interval;
  }

  #newStream(): SocketStream {
    return new SocketStream({
      onSocket: (row) => this.#ledger.onSocket(row),
      onClosed: (row) => this.#ledger.onClosed(row),
      onLost: (times) => this.#ledger.onLost(times),
      onSnapshot: (isComplete) => {
        this.#ledger.onSnapshot(isComplete);
        this.#owners.refresh();
        this.#parts = isComplete ? 0 : this.#parts + 1;
        if (this.#parts === MAX_PARTS)
          this.#onNotice('warning', 'there are more sockets than can be followed: applications are not complete');
      },
    });
  }

  /**
   * Known by the address of this side, where one counted interface has it alone. Both ends of a connection within this host are
   * sockets of it, and their bytes pass no counted interface.
   */
  #interfaceOf({ localIp, remoteIp }: FollowedSocket): string | undefined {
    if (this.#zones.zoneOf(remoteIp) === 'host') return undefined;
    const name = this.#interfaceOfAddress.get(localIp);
    return name !== undefined && this.#counted.has(name) ? name : undefined;
  }

  #refreshAddresses(monoUs: number): void {
    if (monoUs - this.#addressesAtUs < ADDRESSES_FOR_US) return;
    this.#addressesAtUs = monoUs;
    const addresses = Object.entries(networkInterfaces()).flatMap(([name, list]) =>
      (list ?? []).map((entry) => ({ ...entry, name })),
    );
    this.#zones.refresh(addresses);
    const names = new Map<string, string | undefined>();
    for (const { address, name } of addresses) names.set(address, names.has(address) ? undefined : name);
    this.#interfaceOfAddress = names;
  }
}
