// Interface counters from /proc/net/dev, link facts from /sys/class/net. Owns: the format of both. Bound: MAX_COUNTED_INTERFACES
// lines; link facts are kept LINK_FACTS_MS, because `speed` asks the driver and takes the kernel's network lock.
import { readFileSync } from 'node:fs';
import { type InterfaceCounters, MAX_COUNTED_INTERFACES } from './counters.js';

const LINK_FACTS_MS = 2_000;
/** IFF_UP of linux/if.h. */
const IFF_UP = 1;

interface LinkFacts {
  readonly readAtMs: number;
  readonly ifindex: number | undefined;
  readonly up: boolean;
  readonly speedMbit: number | undefined;
}

const facts = new Map<string, LinkFacts>();

export function readProcCounters(procNetDev = '/proc/net/dev', sysClassNet = '/sys/class/net'): InterfaceCounters[] {
  const counters = parseProcNetDev(readFileSync(procNetDev, 'latin1'));
  const nowMs = performance.now();
  const result = counters.map((row) => ({ ...row, ...linkFacts(sysClassNet, row.name, nowMs) }));
  if (facts.size > 2 * counters.length + 16) facts.clear();
  return result;
}

type CounterLine = Omit<InterfaceCounters, 'up' | 'speedMbit' | 'ifindex'>;

/** Lines after the two of the heading: `name: rx bytes packets errs drop fifo frame compressed multicast, tx bytes packets errs drop …`. */
export function parseProcNetDev(text: string): CounterLine[] {
  const rows: CounterLine[] = [];
  for (const line of text.split('\n').slice(2)) {
    // The name may hold a colon (an alias of old), the numbers follow the last one.
    const colon = line.lastIndexOf(':');
    if (colon < 0 || rows.length >= MAX_COUNTED_INTERFACES) continue;
    const numbers = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    if (numbers.length < 12 || !numbers.every((value) => value >= 0)) continue;
    rows.push({
      name: line.slice(0, colon).trim(),
      rxBytes: numbers[0]!,
      rxPackets: numbers[1]!,
      rxErrors: numbers[2]!,
      rxDropped: numbers[3]!,
      txBytes: numbers[8]!,
      txPackets: numbers[9]!,
      txErrors: numbers[10]!,
      txDropped: numbers[11]!,
      packetsKnown: true,
    });
  }
  return rows;
}

function linkFacts(
  sysClassNet: string,
  name: string,
  nowMs: number,
): Pick<InterfaceCounters, 'ifindex' | 'up' | 'speedMbit'> {
  const directory = `${sysClassNet}/${name}`;
  let known = facts.get(directory);
  if (known === undefined || nowMs - known.readAtMs > LINK_FACTS_MS) {
    known = readLinkFacts(directory, nowMs);
    facts.set(directory, known);
  }
  return {
    ...(known.ifindex === undefined ? {} : { ifindex: known.ifindex }),
    ...(known.speedMbit === undefined ? {} : { speedMbit: known.speedMbit }),
    up: known.up,
  };
}

function readLinkFacts(directory: string, nowMs: number): LinkFacts {
  const flags = Number(readWord(`${directory}/flags`) ?? 0);
  const operstate = readWord(`${directory}/operstate`) ?? 'unknown';
  const speed = Number(readWord(`${directory}/speed`) ?? -1);
  const ifindex = readWord(`${directory}/ifindex`);
  return {
    readAtMs: nowMs,
    ifindex: ifindex === undefined ? undefined : Number(ifindex),
    // Loopback and tunnels say "unknown" while they work.
    up: (flags & IFF_UP) !== 0 && (operstate === 'up' || operstate === 'unknown'),
    speedMbit: speed > 0 ? speed : undefined,
  };
}

/** Reading `speed` of an interface that is down, or of one without a driver that knows it, is EINVAL. */
function readWord(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return undefined;
  }
}
