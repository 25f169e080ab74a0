// Who owns a flow, on this machine: the kernel's events, the tables of sockets behind them, and what no program owns: packets that only
// pass through, and what the kernel itself says. Owns: the order of these. Must not know packets, screens or stores.
import type { FlowOwner } from '@kaipo/core/api/index.js';
import type { BookReason } from '@kaipo/core/kernel/traffic-words.js';
import { EventOwners } from '@kaipo/core/owners/events/event-owners.js';
import type { HandOvers } from '@kaipo/core/owners/events/hand-overs.js';
import { TracedProcesses } from '@kaipo/core/owners/events/traced-processes.js';
import { isRunning } from '@kaipo/core/owners/is-running.js';
import { ProcProcesses } from '@kaipo/core/owners/proc-processes.js';
import { type OwnerQuestion, socketOwners } from '@kaipo/core/owners/socket-owners.js';
import type { LiveEvents, LiveNotice } from '@kaipo/core/query/live-snapshot.js';
import type { KernelEventHandlers } from '@kaipo/core/source/helper-stream.js';
import { EventHealth } from './event-health.js';

/** Protocols the kernel answers in by itself. */
const OF_THE_KERNEL: ReadonlySet<string> = new Set(['icmp', 'icmp6', 'igmp']);

export interface LiveOwners {
  readonly handlers: KernelEventHandlers;
  /** When pairs of ends get another owner. */
  readonly handOvers: HandOvers;
  refresh(nowUs: number): void;
  endStream(): void;
  /** Undefined: nobody tells of the kernel's events. */
  readonly events: LiveEvents | undefined;
  find(question: OwnerQuestion): FlowOwner | BookReason;
  /** Of an owner found here. */
  isRunning(owner: FlowOwner): boolean;
}

const FORWARDED: FlowOwner = { app: 'forwarded', quality: 'forwarded' };
const KERNEL: FlowOwner = { app: 'kernel', quality: 'kernel' };

export function flowOwners(onNotice: (severity: LiveNotice['severity'], text: string) => void): LiveOwners {
  const owners = new EventOwners(new TracedProcesses(new ProcProcesses()), socketOwners());
  const health = new EventHealth(onNotice);
  return {
    handOvers: owners.handOvers,
    handlers: {
      onFormat: (text) => owners.addFormat(text),
      onProcesses: (rows) => owners.addSnapshot(rows),
      onPage: (cpu, page) => owners.addPage(cpu, page),
      onRound(round) {
        owners.endRound(round);
        health.told(owners.eventCounters.lost, owners.isTurnedDown, round.monotonicNs / 1000);
      },
    },
    refresh: (nowUs) => owners.refresh(nowUs),
    endStream: () => owners.endStream(),
    get events() {
      return owners.hasEvents ? { lost: owners.eventCounters.lost, turnedDown: owners.isTurnedDown } : undefined;
    },
    find(question) {
      const found = owners.lookup(question);
      if (found !== undefined) return found;
      if (question.isForwarded) return FORWARDED;
      const lost = owners.whyUnknown(question);
      if (lost !== undefined) return lost;
      // Whoever sends such packets himself is known by then: the rest is the kernel's.
      if (OF_THE_KERNEL.has(question.transport) && owners.hasEvents) return KERNEL;
      return question.localPort === undefined ? 'no-ports' : 'no-socket';
    },
    isRunning: (owner) => owners.isRunning(owner) ?? (owner.pid === undefined || isRunning(owner.pid)),
  };
}
