// EventOwners that are told what a kernel would tell, a microsecond after the other, without a kernel. Owns: the clocks, pages and rounds
// of one helper. No process of this machine is looked at.
import type { FlowOwner } from '@kaipo/core/api/events.js';
import { addressKey } from '@kaipo/core/kernel/address-key.js';
import { EventOwners } from '@kaipo/core/owners/events/event-owners.js';
import { TracedProcesses } from '@kaipo/core/owners/events/traced-processes.js';
import { ProcProcesses } from '@kaipo/core/owners/proc-processes.js';
import type { OwnerQuestion, SocketOwners } from '@kaipo/core/owners/socket-owners.js';
import { addressBytes, joined, zeros } from '../../fixtures/bytes.js';
import { type EventName, FORMATS } from '../../fixtures/kernel-event-formats.js';
import { type FieldValues, kernelRecord } from '../../fixtures/kernel-records.js';
import { RingPageWriter } from '../../fixtures/ring-page-writer.js';

/** How far the wall clock is ahead of the monotonic one. */
const WALL_US = 1_700_000_000_000_000;
export const [ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN] = [
  1, 2, 3, 4, 7, 8, 9, 10,
] as const;
export const CLONE_THREAD = 0x10000;
export const IN_SOFTIRQ = 0x10;

export interface Ends {
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
}

export const nobody: SocketOwners = {
  counters: { refreshes: 0, lastMs: 0, maxMs: 0, sockets: 0, refusedSockets: 0, unownedSockets: 0, deniedProcesses: 0 },
  refresh: () => undefined,
  lookup: () => undefined,
};

export class ToldOwners {
  readonly owners: EventOwners;
  /** Monotonic, of the next event; one passes with each. Begins now, because answers of /proc are good for some seconds only. */
  nowUs = Number(process.hrtime.bigint() / 1000n);
  lost = 0;
  routesOff = false;
  readonly #pages = new Map<number, RingPageWriter>();

  constructor({
    fallback = nobody,
    formats = FORMATS as Readonly<Record<EventName, string>>,
    root = '/nonexistent',
  } = {}) {
    this.owners = new EventOwners(new TracedProcesses(new ProcProcesses(root), root), fallback);
    this.formats = formats;
    for (const text of Object.values(formats)) this.owners.addFormat(text);
    this.round();
  }

  readonly formats: Readonly<Record<EventName, string>>;

  event(name: EventName, task: number, values: FieldValues, { cpu = 0, flags = 0 } = {}): this {
    this.nowUs += 1;
    const page = this.#pages.get(cpu) ?? new RingPageWriter(this.nowUs * 1000);
    this.#pages.set(cpu, page);
    const record = kernelRecord(this.formats[name], { common_pid: task, common_flags: flags, ...values });
    page.record(this.nowUs * 1000, record);
    return this;
  }

  /** Everything so far has arrived. */
  round(): this {
    for (const [cpu, page] of this.#pages) this.owners.addPage(cpu, page.bytes());
    this.#pages.clear();
    this.nowUs += 1;
    const monotonicNs = this.nowUs * 1000;
    const wallNs = monotonicNs + WALL_US * 1000;
    const { lost, routesOff } = this;
    this.owners.endRound({ completeToNs: monotonicNs, monotonicNs, wallNs, lost, routesOff });
    return this;
  }

  wait(us: number): this {
    this.nowUs += us;
    return this;
  }

  /** A new process that runs this program. */
  starts(pid: number, exe: string, parent = 1): this {
    return this.event('task_newtask', parent, { pid }).event('sched_process_exec', pid, {
      filename: exe,
      pid,
      old_pid: pid,
    });
  }

  exits(pid: number): this {
    return this.event('sched_process_exit', pid, { pid, group_dead: 1 });
  }

  state(task: number, sk: number, from: number, to: number, ends: Ends, flags = 0): this {
    const isV6 = ends.local.includes(':');
    const [local, remote] = [addressBytes(ends.local), addressBytes(ends.remote)];
    const addresses = isV6
      ? { saddr_v6: local, daddr_v6: remote }
      : { saddr: local, daddr: remote, saddr_v6: mapped(local), daddr_v6: mapped(remote) };
    const values = { skaddr: sk, oldstate: from, newstate: to, sport: ends.localPort, dport: ends.remotePort };
    return this.event(
      'inet_sock_set_state',
      task,
      { ...values, family: isV6 ? 10 : 2, protocol: 6, ...addresses },
      { flags },
    );
  }

  /** connect() up to the answer, which comes while somebody else runs. */
  connects(task: number, sk: number, ends: Ends): this {
    return this.state(task, sk, CLOSE, SYN_SENT, { ...ends, localPort: 0 }).state(
      0,
      sk,
      SYN_SENT,
      ESTABLISHED,
      ends,
      IN_SOFTIRQ,
    );
  }

  listens(task: number, sk: number, local: string, localPort: number): this {
    const remote = local.includes(':') ? '::' : '0.0.0.0';
    return this.state(task, sk, CLOSE, LISTEN, { local, localPort, remote, remotePort: 0 });
  }

  /** The kernel accepts, whoever runs then. */
  accepts(sk: number, ends: Ends): this {
    return this.state(0, sk, SYN_RECV, ESTABLISHED, ends, IN_SOFTIRQ);
  }

  /** A route is looked up for a datagram. */
  sends(task: number, ends: Ends, proto = 17): this {
    const isV6 = ends.local.includes(':');
    const name = isV6 ? 'fib6_table_lookup' : 'fib_table_lookup';
    const [src, dst] = [addressBytes(ends.local), addressBytes(ends.remote)];
    return this.event(name, task, { proto, src, dst, sport: ends.localPort, dport: ends.remotePort });
  }

  length(
    name: 'sock_send_length' | 'sock_recv_length',
    task: number,
    family: number,
    protocol: number,
    ret: number,
  ): this {
    return this.event(name, task, { sk: 77, family, protocol, ret });
  }

  /** Who had the flow that began `agoUs` ago and was seen last now? */
  owner(ends: Partial<Ends> & Pick<Ends, 'local' | 'remote'>, more: Partial<Question> = {}): FlowOwner | undefined {
    return this.owners.lookup(this.question(ends, more));
  }

  question(
    { local, remote, localPort, remotePort }: Partial<Ends> & Pick<Ends, 'local' | 'remote'>,
    more: Partial<Question> = {},
  ): OwnerQuestion {
    const { transport = 'tcp', isOutgoing = true, agoUs = 0, lastedUs = agoUs, meanSentBytes = 100 } = more;
    const startUs = this.nowUs - agoUs + WALL_US;
    return {
      transport,
      localKey: addressKey(local)!,
      remoteKey: addressKey(remote)!,
      localIp: local,
      remoteIp: remote,
      localPort,
      remotePort,
      startUs,
      endUs: startUs + lastedUs,
      isOutgoing,
      meanSentBytes,
      isForwarded: more.isForwarded ?? false,
    };
  }
}

export interface Question {
  readonly transport: string;
  readonly isOutgoing: boolean;
  readonly agoUs: number;
  readonly lastedUs: number;
  readonly meanSentBytes: number;
  readonly isForwarded: boolean;
}

const mapped = (v4: Uint8Array): Uint8Array => joined(zeros(10), Uint8Array.of(0xff, 0xff), v4);
