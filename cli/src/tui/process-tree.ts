// Applications and the processes they are made of, as lines of a tree. Owns: who stands below whom, the order, and what is folded.
// Must not know: columns, glyphs. Pure. Bounds: MAX_PROCESSES rows are looked at, MAX_LINES processes of one application get a line;
// what the rest moved is a line of its own. The lines below an application add up to it: a process counts for itself alone.
import { basename } from 'node:path/posix';
import type { LiveApp, LiveProcess, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { ownerKey } from '@kaipo/core/query/owner-key.js';

const MAX_PROCESSES = 1024;
const MAX_LINES = 10;

export interface TreeSums {
  readonly rxBytes: number;
  readonly txBytes: number;
  readonly rxBytesTotal: number;
  readonly txBytesTotal: number;
  readonly flows: number;
}

/** `app`: a whole application, or its only process. `ended`, `rest`: several processes. */
export interface TreeRow extends TreeSums {
  readonly kind: 'app' | 'process' | 'ended' | 'rest';
  /** The same from picture to picture. */
  readonly key: string;
  readonly name: string;
  /** From the root down: is what stands there the last of its branch? Empty for applications. */
  readonly branch: readonly boolean[];
  readonly pid?: number;
  readonly user?: string;
  readonly place?: string;
  readonly quality?: string;
  /** What started it, as far as it is not the line above: `bash 812 < sshd 700`. */
  readonly startedBy?: string;
}

interface Node {
  readonly process: LiveProcess;
  readonly children: Node[];
  parent: Node | undefined;
  /** Of itself and all below it. */
  bytes: number;
  total: number;
}

/** undefined: nobody told of processes. */
export function processTree(
  snapshot: Pick<LiveSnapshot, 'apps'> & { readonly processes?: LiveSnapshot['processes'] | undefined },
): readonly TreeRow[] | undefined {
  if (snapshot.processes === undefined) return undefined;
  const byApp = new Map<string, LiveProcess[]>();
  for (const process of snapshot.processes.slice(0, MAX_PROCESSES)) {
    const key = ownerKey(process);
    const list = byApp.get(key);
    if (list === undefined) byApp.set(key, [process]);
    else list.push(process);
  }
  return snapshot.apps.flatMap((app) => appLines(app, byApp.get(ownerKey(app)) ?? []));
}

function appLines(app: LiveApp, processes: readonly LiveProcess[]): TreeRow[] {
  const key = ownerKey(app);
  const place = app.container ?? app.unit;
  const line: TreeRow = {
    kind: 'app',
    key,
    name: app.app,
    branch: [],
    ...textOf('user', app.user),
    ...textOf('place', place),
    quality: app.quality,
    ...sumsOf(app),
  };
  const running = processes.filter((process) => process.ended === undefined);
  const ended = processes.filter((process) => process.ended !== undefined);
  const ordered = inOrder(forest(running));
  const shown = ordered.slice(0, MAX_LINES);
  const rest = subtract(app, [...shown.map(({ node }) => node.process), ...ended]);
  const hasRest = ordered.length > MAX_LINES || isAnything(rest);
  const only = shown[0]?.node.process;
  if (only !== undefined && shown.length === 1 && ended.length === 0 && !hasRest) {
    return [{ ...line, ...processFields(only, undefined) }];
  }
  // Without a process there is nothing to part it into.
  if (processes.length === 0) return [{ ...line, ...(app.pid === undefined ? {} : { pid: app.pid }) }];
  const lines: TreeRow[] = [];
  const after = ended.length + (hasRest ? 1 : 0);
  for (const [at, { node, branch }] of shown.entries()) {
    // The last root is not the last of its branch when something else follows; a cut tree ends where it is cut.
    const [isLastRoot = true, ...below] = branch;
    lines.push({
      kind: 'process',
      key: `${key}\n${node.process.pid}`,
      name: programOf(node.process),
      branch: [isLastRoot && after === 0, ...below.map((isLast) => isLast || at === shown.length - 1)],
      ...textOf('user', app.user),
      ...textOf('place', place),
      ...processFields(node.process, node.parent?.process),
      ...sumsOf(node.process),
    });
  }
  for (const [at, process] of ended.entries()) {
    const count = process.ended ?? 0;
    lines.push({
      kind: 'ended',
      key: `${key}\nended ${at}`,
      name: count === 1 ? '1 ended process' : `${count} ended processes`,
      branch: [!hasRest && at === ended.length - 1],
      ...textOf('startedBy', startedBy(process)),
      ...sumsOf(process),
    });
  }
  if (hasRest) {
    const more = ordered.length - shown.length;
    lines.push({
      kind: 'rest',
      key: `${key}\nrest`,
      name: more > 0 ? `and ${more} more` : 'other processes',
      branch: [true],
      ...rest,
    });
  }
  return [line, ...lines];
}

/** Every process below the nearest of those that started it; what came over a socket may claim to be its own ancestor. */
function forest(processes: readonly LiveProcess[]): Node[] {
  const nodes = processes.map(
    (process): Node => ({
      process,
      children: [],
      parent: undefined,
      bytes: process.rxBytes + process.txBytes,
      total: process.rxBytesTotal + process.txBytesTotal,
    }),
  );
  const byPid = new Map(nodes.map((node) => [node.process.pid, node]));
  for (const node of nodes) {
    const above = node.process.parents?.find(({ pid }) => byPid.has(pid));
    const parent = above && byPid.get(above.pid);
    if (parent !== undefined && !isBelow(parent, node)) node.parent = parent;
  }
  for (const node of nodes) {
    node.parent?.children.push(node);
    const { rxBytes, txBytes, rxBytesTotal, txBytesTotal } = node.process;
    for (let at = node.parent; at !== undefined; at = at.parent) {
      at.bytes += rxBytes + txBytes;
      at.total += rxBytesTotal + txBytesTotal;
    }
  }
  return nodes.filter((node) => node.parent === undefined);
}

/** Is `node` the other, or somewhere below it? */
function isBelow(node: Node, other: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) if (at === other) return true;
  return false;
}

/** Depth first, the busiest branch first. Without recursion: a chain of parents may be as long as there are processes. */
function inOrder(roots: readonly Node[]): { node: Node; branch: readonly boolean[] }[] {
  const ordered: { node: Node; branch: readonly boolean[] }[] = [];
  const waiting: { node: Node; branch: readonly boolean[] }[] = [];
  const push = (nodes: readonly Node[], above: readonly boolean[]): void => {
    const sorted = [...nodes].sort((a, b) => b.bytes - a.bytes || b.total - a.total);
    for (let i = sorted.length - 1; i >= 0; i -= 1)
      waiting.push({ node: sorted[i]!, branch: [...above, i === sorted.length - 1] });
  };
  push(roots, []);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    ordered.push(next);
    // Lines beyond the last that is shown have no branch to draw.
    push(next.node.children, ordered.length > MAX_LINES ? [] : next.branch);
  }
  return ordered;
}

/** @param above the line it hangs on: it is not named again. */
function processFields(
  { pid, parents, quality }: LiveProcess,
  above: LiveProcess | undefined,
): Partial<Pick<TreeRow, 'pid' | 'quality' | 'startedBy'>> {
  const names = above === undefined ? startedBy({ parents }) : undefined;
  return { ...(pid === undefined ? {} : { pid }), quality, ...textOf('startedBy', names) };
}

const startedBy = ({ parents }: { readonly parents?: LiveProcess['parents'] | undefined }): string | undefined =>
  // One that is known by its number only has that for a name.
  parents?.map(({ app, pid }) => (app === `pid ${pid}` ? app : `${app} ${pid}`)).join(' < ');

/** Helpers of one application are told apart by their files. */
const programOf = ({ exe, app }: LiveProcess): string => (exe === undefined ? app : basename(exe) || app);

const textOf = <Name extends string>(name: Name, text: string | undefined): Partial<Record<Name, string>> =>
  text === undefined || text === '' ? {} : ({ [name]: text } as Record<Name, string>);

const SUMS = ['rxBytes', 'txBytes', 'rxBytesTotal', 'txBytesTotal', 'flows'] as const;

function sumsOf(row: TreeSums): TreeSums {
  const { rxBytes, txBytes, rxBytesTotal, txBytesTotal, flows } = row;
  return { rxBytes, txBytes, rxBytesTotal, txBytesTotal, flows };
}

/** What an application has beyond these processes: of a row that was cut off, or of one there was no room for. */
function subtract(app: TreeSums, processes: readonly TreeSums[]): TreeSums {
  const rest: Record<keyof TreeSums, number> = { ...sumsOf(app) };
  for (const process of processes) for (const name of SUMS) rest[name] -= process[name];
  for (const name of SUMS) rest[name] = Math.max(0, rest[name]);
  return rest;
}

const isAnything = (sums: TreeSums): boolean => SUMS.some((name) => sums[name] > 0);
