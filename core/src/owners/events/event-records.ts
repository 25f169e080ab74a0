// Records of the kernel's events by their formats, as calls. Owns: which events there are, and which of their fields are read. Must not
// know what they mean together. Bound: one reader an event kind; a record shorter than its format is counted and left out.
import { ipv4Key, ipv6Key } from '../../kernel/address-key.js';
import { type EventFormat, type FieldBytes, recordBytes } from './event-format.js';
import type { RingPage } from './ring-page.js';

const MAX_PATH = 512;
const AF_INET6 = 10;
/** common_flags, include/linux/trace_events.h: TRACE_FLAG_HARDIRQ | TRACE_FLAG_SOFTIRQ */
const IN_INTERRUPT = 0x18;

/** Times in microseconds of the monotonic clock; ports and addresses of 0 are any; tasks are threads. */
export interface EventHandlers {
  /** sock:inet_sock_set_state. @param task 0: in an interrupt, whoever ran then has nothing to do with it. */
  onState(
    sk: number,
    old: number,
    now: number,
    task: number,
    protocol: number,
    localPort: number,
    localKey: number,
    remotePort: number,
    remoteKey: number,
    timeUs: number,
  ): void;
  /** fib:fib_table_lookup, fib6:fib6_table_lookup: a route was looked up for a packet of this task. */
  onRoute(
    task: number,
    protocol: number,
    localPort: number,
    localKey: number,
    remotePort: number,
    remoteKey: number,
    timeUs: number,
  ): void;
  /** sock:sock_send_length, sock:sock_recv_length. @param bytes negative: an error. */
  onLength(
    isSend: boolean,
    sk: number,
    family: number,
    protocol: number,
    task: number,
    bytes: number,
    timeUs: number,
  ): void;
  onNewTask(parentTask: number, task: number, cloneFlags: number, timeUs: number): void;
  onExec(task: number, oldTask: number, path: string, timeUs: number): void;
  onExit(task: number, isWhole: boolean, timeUs: number): void;
}

/** Offset of a field the kernel's version of an event does not have. */
const ABSENT = -1;

/** Reads one kind of record; offsets were taken from its format once. */
type Reader = (view: DataView, at: number, end: number, timeUs: number) => void;

export class EventRecords {
  events = 0;
  /** Records of a kind nobody has described, or shorter than their format. */
  strayRecords = 0;
  readonly #to: EventHandlers;
  readonly #readers: ({ read: Reader; bytes: number } | undefined)[] = [];

  constructor(to: EventHandlers) {
    this.#to = to;
  }

  /** Begins to understand one kind of event; false when the kernel's version of it lacks what is needed. */
  addFormat(format: EventFormat): boolean {
    const build = this.#builders[format.name];
    const expected = FIELDS[format.name];
    if (build === undefined || expected === undefined) return false;
    const bytes = recordBytes(format, { ...COMMON, ...expected });
    if (bytes === undefined) return false;
    const at = (name: string): number => format.fields.get(name)?.offset ?? ABSENT;
    const flags = at('common_flags');
    const task = at('common_pid');
    this.#readers[format.id] = { bytes, read: build(at, flags, task, format) };
    return true;
  }

  /** One record of the ring. */
  readonly handle = (page: RingPage, timeUs: number): void => {
    this.events += 1;
    const reader = page.at + 2 <= page.end ? this.#readers[page.view.getUint16(page.at, true)] : undefined;
    if (reader === undefined || page.at + reader.bytes > page.end) this.strayRecords += 1;
    else reader.read(page.view, page.at, page.end, timeUs);
  };

  readonly #builders: Readonly<
    Record<string, (at: (name: string) => number, flags: number, task: number, format: EventFormat) => Reader>
  > = {
    inet_sock_set_state: (at, flags, task, format) => {
      const isShort = format.fields.get('protocol')!.bytes === 1;
      const [sk, old, now, sport, dport, family, protocol, saddr, daddr, saddr6, daddr6] = [
        'skaddr',
        'oldstate',
        'newstate',
        'sport',
        'dport',
        'family',
        'protocol',
        'saddr',
        'daddr',
        'saddr_v6',
        'daddr_v6',
      ].map(at) as [number, number, number, number, number, number, number, number, number, number, number];
      return (view, base, _end, timeUs) => {
        const isV6 = view.getUint16(base + family, true) === AF_INET6;
        this.#to.onState(
          pointer(view, base + sk),
          view.getInt32(base + old, true),
          view.getInt32(base + now, true),
          (view.getUint8(base + flags) & IN_INTERRUPT) === 0 ? view.getInt32(base + task, true) : 0,
          isShort ? view.getUint8(base + protocol) : view.getUint16(base + protocol, true),
          view.getUint16(base + sport, true),
          isV6 ? ipv6Key(view, base + saddr6) : ipv4Key(view, base + saddr),
          view.getUint16(base + dport, true),
          isV6 ? ipv6Key(view, base + daddr6) : ipv4Key(view, base + daddr),
          timeUs,
        );
      };
    },
    fib_table_lookup: (at, flags, task) => this.#routeReader(at, flags, task, ipv4Key),
    fib6_table_lookup: (at, flags, task) => this.#routeReader(at, flags, task, ipv6Key),
    task_newtask: (at, _flags, task) => {
      const [child, clone] = [at('pid'), at('clone_flags')];
      return (view, base, _end, timeUs) =>
        this.#to.onNewTask(
          view.getInt32(base + task, true),
          view.getInt32(base + child, true),
          view.getUint32(base + clone, true),
          timeUs,
        );
    },
    sched_process_exec: (at) => {
      const [path, pid, old] = [at('filename'), at('pid'), at('old_pid')];
      return (view, base, end, timeUs) =>
        this.#to.onExec(
          view.getInt32(base + pid, true),
          view.getInt32(base + old, true),
          textAt(view, base, end, view.getUint32(base + path, true)),
          timeUs,
        );
    },
    sched_process_exit: (at) => {
      // Since Linux 6.16 the record says whether this was the last task of its process.
      const [pid, whole] = [at('pid'), at('group_dead')];
      return (view, base, end, timeUs) => {
        const hasWhole = whole !== ABSENT && base + whole < end;
        this.#to.onExit(view.getInt32(base + pid, true), hasWhole && view.getUint8(base + whole) !== 0, timeUs);
      };
    },
    sock_send_length: (at, flags, task) => this.#lengthReader(at, flags, task, true),
    sock_recv_length: (at, flags, task) => this.#lengthReader(at, flags, task, false),
  };

  #routeReader(
    at: (name: string) => number,
    flags: number,
    task: number,
    key: (view: DataView, at: number) => number,
  ): Reader {
    const [protocol, sport, dport, source, target] = ['proto', 'sport', 'dport', 'src', 'dst'].map(at) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return (view, base, _end, timeUs) => {
      if ((view.getUint8(base + flags) & IN_INTERRUPT) !== 0) return;
      this.#to.onRoute(
        view.getInt32(base + task, true),
        view.getUint8(base + protocol),
        view.getUint16(base + sport, true),
        key(view, base + source),
        view.getUint16(base + dport, true),
        key(view, base + target),
        timeUs,
      );
    };
  }

  #lengthReader(at: (name: string) => number, flags: number, task: number, isSend: boolean): Reader {
    const [sk, family, protocol, ret] = ['sk', 'family', 'protocol', 'ret'].map(at) as [number, number, number, number];
    return (view, base, _end, timeUs) => {
      if ((view.getUint8(base + flags) & IN_INTERRUPT) !== 0) return;
      this.#to.onLength(
        isSend,
        pointer(view, base + sk),
        view.getUint16(base + family, true),
        view.getUint16(base + protocol, true),
        view.getInt32(base + task, true),
        view.getInt32(base + ret, true),
        timeUs,
      );
    };
  }
}

/** A kernel address: 53 bits tell two of them apart. */
const pointer = (view: DataView, at: number): number =>
  (view.getUint32(at + 4, true) & 0x1fffff) * 0x1_0000_0000 + view.getUint32(at, true);

const decoder = new TextDecoder();

/** `location`: offset within the record, and length with the NUL at its end (`__data_loc`). */
function textAt(view: DataView, base: number, end: number, location: number): string {
  const start = base + (location & 0xffff);
  const stop = Math.min(end, start + (location >>> 16), start + MAX_PATH);
  if (start >= stop) return '';
  const text = decoder.decode(new Uint8Array(view.buffer, view.byteOffset + start, stop - start));
  const nul = text.indexOf('\0');
  return nul < 0 ? text : text.slice(0, nul);
}

/** Fields that are read, with the lengths they must have. */
const COMMON = { common_type: 2, common_flags: 1, common_pid: 4 };
const ROUTE = { sport: 2, dport: 2, proto: 1 };
const FIELDS: Readonly<Record<string, Readonly<Record<string, FieldBytes>>>> = {
  inet_sock_set_state: {
    skaddr: 8,
    oldstate: 4,
    newstate: 4,
    sport: 2,
    dport: 2,
    family: 2,
    // One byte before Linux 5.6, which has MPTCP.
    protocol: [1, 2],
    saddr: 4,
    daddr: 4,
    saddr_v6: 16,
    daddr_v6: 16,
  },
  fib_table_lookup: { ...ROUTE, src: 4, dst: 4 },
  fib6_table_lookup: { ...ROUTE, src: 16, dst: 16 },
  task_newtask: { pid: 4, clone_flags: 8 },
  sched_process_exec: { filename: 4, pid: 4, old_pid: 4 },
  sched_process_exit: { pid: 4 },
  sock_send_length: { sk: 8, family: 2, protocol: 2, ret: 4 },
  sock_recv_length: { sk: 8, family: 2, protocol: 2, ret: 4 },
};
