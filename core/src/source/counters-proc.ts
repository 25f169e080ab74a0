// Interface counters from /proc/net/dev, with what /sys/class/net says of each. Owns: the format of the former. Bound:
// MAX_READ_INTERFACES lines, MAX_FILE_BYTES. Text is read into one buffer and numbers are read from its bytes.
import { closeSync, openSync, readSync } from 'node:fs';
import { safeText } from '../kernel/safe-text.js';
import {
  type CounterSource,
  type InterfaceCounters,
  MAX_COUNTED_INTERFACES,
  type WantedInterfaces,
} from './interface-counters.js';
import { InterfaceFacts } from './interface-facts.js';

/** Ones beyond MAX_COUNTED_INTERFACES are refused and counted by whoever sums them up. */
const MAX_READ_INTERFACES = 4 * MAX_COUNTED_INTERFACES;
/** A line has up to 16 numbers of 20 digits; further lines are not read. */
const MAX_FILE_BYTES = 512 * 1024;
const FIRST_FILE_BYTES = 16 * 1024;
/** Receive: bytes packets errs drop fifo frame compressed multicast; transmit: bytes packets errs drop … (net/core/net-procfs.c). */
const RX_BYTES = 0;
const RX_PACKETS = 1;
const RX_ERRORS = 2;
const RX_DROPPED = 3;
const TX_BYTES = 8;
const TX_PACKETS = 9;
const TX_ERRORS = 10;
const TX_DROPPED = 11;
const FIELDS = 12;
/** Names of the kernel have at most 15 bytes. */
const MAX_NAME = 64;

const COLON = 0x3a;
const SPACE = 0x20;
const NEWLINE = 0x0a;
const DIGIT_0 = 0x30;

export type CounterLine = Pick<
  InterfaceCounters,
  'rxBytes' | 'rxPackets' | 'rxErrors' | 'rxDropped' | 'txBytes' | 'txPackets' | 'txErrors' | 'txDropped'
> & {
  /** As the kernel has it: may hold anything but a slash and white space. */
  readonly name: string;
};

export interface ProcCounterPaths {
  readonly procNetDev?: string;
  readonly sysClassNet?: string;
}

export class ProcCounters implements CounterSource {
  readonly name = 'proc';
  readonly #procNetDev: string;
  readonly #facts: InterfaceFacts;
  #buffer = Buffer.allocUnsafeSlow(FIRST_FILE_BYTES);

  constructor(wanted: WantedInterfaces = 'auto', paths: ProcCounterPaths = {}) {
    this.#procNetDev = paths.procNetDev ?? '/proc/net/dev';
    this.#facts = new InterfaceFacts(paths.sysClassNet ?? '/sys/class/net', wanted);
  }

  select(wanted: WantedInterfaces): void {
    this.#facts.select(wanted);
  }

  async read(): Promise<readonly InterfaceCounters[]> {
    return this.readNow();
  }

  /** Throws where the file is missing. */
  readNow(): InterfaceCounters[] {
    const length = this.#readFile();
    const lines = parseProcNetDev(this.#buffer, length);
    this.#facts.refresh(
      lines.map((line) => line.name),
      performance.now(),
    );
    return lines.map((line) => this.#row(line));
  }

  #row(line: CounterLine): InterfaceCounters {
    const facts = this.#facts.of(line.name);
    return {
      name: safeText(line.name, MAX_NAME),
      rxBytes: line.rxBytes,
      txBytes: line.txBytes,
      rxPackets: line.rxPackets,
      txPackets: line.txPackets,
      packetsKnown: true,
      rxDropped: line.rxDropped,
      txDropped: line.txDropped,
      rxErrors: line.rxErrors,
      txErrors: line.txErrors,
      up: facts.up,
      class: facts.class,
      counted: this.#facts.isCounted(line.name),
      ...(facts.ifindex === undefined ? {} : { ifindex: facts.ifindex }),
      ...(facts.speedMbit === undefined ? {} : { speedMbit: facts.speedMbit }),
      ...(facts.carrierChanges === undefined ? {} : { carrierChanges: facts.carrierChanges }),
    };
  }

  /** Answers the length. The kernel hands the file over in pieces. */
  #readFile(): number {
    const file = openSync(this.#procNetDev, 'r');
    try {
      let length = 0;
      for (;;) {
        const read = readSync(file, this.#buffer, length, this.#buffer.length - length, null);
        length += read;
        if (read === 0 || length >= MAX_FILE_BYTES) return length;
        if (length === this.#buffer.length) this.#grow();
      }
    } finally {
      closeSync(file);
    }
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(2 * this.#buffer.length, MAX_FILE_BYTES));
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}

const numbers = new Float64Array(FIELDS);

/** Lines after the two of the heading: `name: rx… tx…`. What is no such line, or is not whole, is left out. */
export function parseProcNetDev(text: Buffer, length = text.length): CounterLine[] {
  const rows: CounterLine[] = [];
  let start = 0;
  for (let line = 0; rows.length < MAX_READ_INTERFACES; line++) {
    const end = text.indexOf(NEWLINE, start);
    if (end < 0 || end >= length) return rows;
    // The name may hold a colon (an alias of old): the numbers follow the last one.
    const colon = line < 2 ? -1 : text.lastIndexOf(COLON, end);
    if (colon > start && readNumbers(text, colon + 1, end)) {
      let from = start;
      while (from < colon && text[from] === SPACE) from += 1;
      rows.push(counterLine(text.toString('utf8', from, colon)));
    }
    start = end + 1;
  }
  return rows;
}

const counterLine = (name: string): CounterLine => ({
  name,
  rxBytes: numbers[RX_BYTES]!,
  rxPackets: numbers[RX_PACKETS]!,
  rxErrors: numbers[RX_ERRORS]!,
  rxDropped: numbers[RX_DROPPED]!,
  txBytes: numbers[TX_BYTES]!,
  txPackets: numbers[TX_PACKETS]!,
  txErrors: numbers[TX_ERRORS]!,
  txDropped: numbers[TX_DROPPED]!,
});

/** Fills `numbers`; false when there are fewer, or something else. Counters beyond 2^53 are rounded. */
function readNumbers(text: Buffer, start: number, end: number): boolean {
  let at = start;
  for (let field = 0; field < FIELDS; field++) {
    while (at < end && text[at] === SPACE) at += 1;
    const from = at;
    let value = 0;
    for (; at < end; at++) {
      const digit = text[at]! - DIGIT_0;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === from || (at < end && text[at] !== SPACE)) return false;
    numbers[field] = value;
  }
  return true;
}
