// The tree of processes: who stands below whom, what is folded, and that its lines add up to the applications, whatever comes in.
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { processesPane } from '@kaipo/cli/tui/panes/processes.js';
import { processTree, type TreeRow } from '@kaipo/cli/tui/process-tree.js';
import { ASCII_GLYPHS } from '@kaipo/cli/tui/theme.js';
import type { LiveApp, LiveProcess } from '@kaipo/core/query/live-snapshot.js';
import { ownerKey } from '@kaipo/core/query/owner-key.js';
import fc from 'fast-check';
import { fakeSnapshot, HOSTILE_NAMES } from '../../tui/fake-snapshots.js';

const sums = (bytes: number, flows = 1) => ({
  rxBytes: bytes,
  txBytes: 1,
  rxPackets: 1,
  txPackets: 1,
  rxBytesTotal: bytes * 10,
  txBytesTotal: 10,
  flows,
});

const process = (pid: number, bytes: number, more: Partial<LiveProcess> = {}): LiveProcess => ({
  app: 'web',
  pid,
  quality: 'event',
  ...sums(bytes),
  ...more,
});
const parents = (...pids: readonly number[]) => ({ parents: pids.map((pid) => ({ pid, app: `p${pid}` })) });
const ended = (count: number, bytes: number): LiveProcess => {
  const { pid: _, ...rest } = process(0, bytes, { ended: count });
  return rest;
};

const SUMS = ['rxBytes', 'txBytes', 'rxBytesTotal', 'txBytesTotal', 'flows'] as const;
type Sums = Record<(typeof SUMS)[number], number>;
const sumOf = (rows: readonly Sums[]): Sums => {
  const all: Sums = { rxBytes: 0, txBytes: 0, rxBytesTotal: 0, txBytesTotal: 0, flows: 0 };
  for (const row of rows) for (const name of SUMS) all[name] += row[name];
  return all;
};
const appOf = (processes: readonly LiveProcess[], more: Partial<LiveApp> = {}): LiveApp => ({
  app: 'web',
  quality: 'event',
  rxPackets: 0,
  txPackets: 0,
  ...sumOf(processes),
  ...more,
});

const draw = (rows: readonly TreeRow[]): string[] =>
  rows.map(({ branch, name, pid, startedBy }) => {
    const line = branch.map((isLast, i) => (i < branch.length - 1 ? (isLast ? '  ' : '| ') : isLast ? '`-' : '|-'));
    return [line.join('') + name, pid, startedBy && `(${startedBy})`].filter((part) => part !== undefined).join(' ');
  });

const CASES: readonly (readonly [name: string, processes: readonly LiveProcess[], expected: readonly string[]])[] = [
  ['no process', [], ['web']],
  ['one process is the application', [process(7, 5, parents(3, 1))], ['web 7 (p3 3 < p1 1)']],
  [
    'a parent without a name',
    [
      process(7, 5, {
        parents: [
          { pid: 3, app: 'pid 3' },
          { pid: 1, app: 'init' },
        ],
      }),
    ],
    ['web 7 (pid 3 < init 1)'],
  ],
  ['ended ones only', [ended(12, 5)], ['web', '`-12 ended processes']],
  ['one that ended', [process(7, 5), ended(1, 5)], ['web', '|-web 7', '`-1 ended process']],
  ['the busiest first', [process(1, 5), process(2, 9)], ['web', '|-web 2', '`-web 1']],
  [
    'a child below its parent, also past one without traffic',
    [process(7, 5, parents(1)), process(8, 9, parents(5, 7, 1)), process(9, 1, parents(8, 7))],
    ['web', '`-web 7 (p1 1)', '  `-web 8', '    `-web 9'],
  ],
  [
    'a branch is as busy as all of it',
    [process(1, 5), process(2, 1), process(3, 9, parents(2))],
    ['web', '|-web 2', '| `-web 3', '`-web 1'],
  ],
  [
    'helpers by their files',
    [process(1, 5, { exe: '/opt/web/main' }), process(2, 1, { exe: '/opt/web/helper' })],
    ['web', '|-main 1', '`-helper 2'],
  ],
  ['its own ancestor', [process(1, 5, parents(2)), process(2, 4, parents(1))], ['web', '`-web 2 (p1 1)', '  `-web 1']],
  ['its own parent', [process(1, 5, parents(1)), process(2, 4)], ['web', '|-web 1 (p1 1)', '`-web 2']],
  [
    'another application is no parent',
    [process(1, 5, parents(40)), process(2, 4), process(40, 1, { app: 'shell' })],
    ['web', '|-web 1 (p40 40)', '`-web 2'],
  ],
];

describe('the tree', () => {
  for (const [name, processes, expected] of CASES) {
    test(name, () => {
      const own = processes.filter(({ app }) => app === 'web');
      const rows = processTree({ apps: [appOf(own, sumOf(own))], processes });
      assert.deepEqual(draw(rows ?? []), expected);
    });
  }
});

test('processes are those of the same name, user and place only', () => {
  const mine = process(1, 5, { user: 'me', unit: 'a.service' });
  const others = [process(2, 6, { user: 'you', unit: 'a.service' }), process(3, 7, { user: 'me', container: 'c' })];
  const apps = [mine, ...others].map((one) => ({ ...one, quality: 'event' as const }));
  const rows = processTree({ apps, processes: [...others, mine] }) ?? [];
  assert.deepEqual(draw(rows), ['web 1', 'web 2', 'web 3']);
  assert.deepEqual(
    rows.map(({ user, place }) => [user, place]),
    [
      ['me', 'a.service'],
      ['you', 'a.service'],
      ['me', 'c'],
    ],
  );
});

test('what nobody lists has a line, and so have processes beyond the bound', () => {
  const few = [process(1, 5)];
  const more = processTree({ apps: [appOf(few, { rxBytes: 50 })], processes: few }) ?? [];
  assert.deepEqual(draw(more), ['web', '|-web 1', '`-other processes']);
  assert.equal(more[2]?.rxBytes, 45);
  const many = Array.from({ length: 300 }, (_, i) => process(i + 1, 1000 - i, parents(i)));
  const rows = processTree({ apps: [appOf(many)], processes: many }) ?? [];
  assert.equal(rows.length, 12);
  assert.equal(rows.at(-1)?.name, 'and 290 more');
  assert.deepEqual(sumOf(rows.slice(1)), sumOf(many));
  assert.ok(rows.every(({ branch }, i) => i < 11 || branch.length === 1));
});

test('without processes there is no tree', () => {
  assert.equal(processTree({ apps: fakeSnapshot(1).apps }), undefined);
  assert.deepEqual(processTree({ apps: [], processes: [] }), []);
});

test('a made-up machine: every application is what stands below it', () => {
  for (const hostile of [false, true]) {
    const snapshot = fakeSnapshot(17, { hostile });
    const rows = processTree(snapshot) ?? [];
    assert.equal(rows.filter(({ kind }) => kind === 'app').length, snapshot.apps.length);
    assertSums(snapshot.apps, rows);
  }
});

function assertSums(apps: readonly LiveApp[], rows: readonly TreeRow[]): void {
  let at = 0;
  for (const app of apps) {
    const line = rows[at];
    assert.equal(line?.kind, 'app');
    assert.equal(line.name, app.app);
    assert.deepEqual(sumOf([line]), sumOf([app]));
    const from = ++at;
    while (at < rows.length && rows[at]?.kind !== 'app') at += 1;
    if (at > from) assert.deepEqual(sumOf(rows.slice(from, at)), sumOf([app]));
  }
  assert.equal(at, rows.length);
}

test('whatever comes in: sums hold, keys differ, branches are whole, names cannot break a line', () => {
  const name = fc.oneof(fc.constantFrom('web', 'db', ...HOSTILE_NAMES), fc.string({ unit: 'binary' }));
  const pid = fc.integer({ min: 0, max: 12 });
  const generated = fc.record({
    app: fc.constantFrom('web', 'db', HOSTILE_NAMES[0]!),
    pid,
    exe: fc.option(name, { nil: undefined }),
    bytes: fc.nat(1e6),
    parents: fc.option(fc.array(fc.record({ pid, app: name }), { maxLength: 5 }), { nil: undefined }),
    ended: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined, freq: 8 }),
  });
  fc.assert(
    fc.property(fc.array(generated, { maxLength: 40 }), fc.nat(1000), (drawn, unlisted) => {
      const seen = new Set<string>();
      const processes = drawn.flatMap((one): LiveProcess[] => {
        const { app, pid: number, exe, bytes, ended: count } = one;
        const key = `${app} ${count === undefined ? number : 'ended'}`;
        if (seen.has(key)) return [];
        seen.add(key);
        return [
          {
            app,
            quality: 'event',
            ...sums(bytes),
            ...(count === undefined ? { pid: number } : { ended: count }),
            ...(exe === undefined ? {} : { exe }),
            ...(one.parents === undefined ? {} : { parents: one.parents }),
          },
        ];
      });
      const apps = [...new Set(processes.map(({ app }) => app))].map((app) => {
        const all = sumOf(processes.filter((one) => one.app === app));
        return appOf([], { ...all, app, rxBytes: all.rxBytes + unlisted });
      });
      const rows = processTree({ apps, processes }) ?? [];
      assertSums(apps, rows);
      assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
      for (const [i, { kind, branch }] of rows.entries()) {
        assert.equal(branch.length === 0, kind === 'app');
        assert.ok(branch.length <= (rows[i - 1]?.branch.length ?? 0) + 1);
      }
      // Whatever opens is closed: the last line of every application ends all its branches.
      for (const [i, { branch }] of rows.entries())
        if (rows[i + 1] === undefined || rows[i + 1]?.kind === 'app') assert.ok(branch.every((isLast) => isLast));
      const context = {
        snapshot: { ...fakeSnapshot(1), apps, processes },
        rows: { ...fakeSnapshot(1), apps, processes },
        units: 'bits',
        mode: 'rate',
        glyphs: ASCII_GLYPHS,
      } as const;
      const drawnPane = processesPane.draw(
        context as unknown as Parameters<typeof processesPane.draw>[0],
        { reverse: true, sort: 1, selectedIndex: 0, offset: 0 },
        true,
        70,
        rows.length + 1,
      );
      assert.equal(drawnPane.lines.length, rows.length + 1);
      for (const line of drawnPane.lines)
        assert.ok(line.every(({ text }) => !/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(text)));
    }),
    { numRuns: 300 },
  );
  assert.equal(ownerKey({ app: 'a', unit: 'u' }), ownerKey({ app: 'a', container: 'u' }));
});
