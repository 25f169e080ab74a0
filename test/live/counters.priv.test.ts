// Real traffic through interfaces that lie on each other: the bytes that add to totals are those of the outermost wire.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { notRoot, run, Wires } from '../helper/netns.js';

const READER = fileURLToPath(import.meta.resolve('@kaipo/core/source/counters.js'));

interface Seen {
  readonly name: string;
  readonly class: string;
  readonly counted: boolean;
  readonly bytes: number;
}

const SCRIPT = `const [module, wanted] = process.argv.slice(1);
const { counterSource } = await import(module);
const rows = await counterSource('proc', wanted === 'auto' ? 'auto' : wanted.split(',')).read();
console.log(JSON.stringify(rows.map((row) => (
  { name: row.name, class: row.class, counted: row.counted, bytes: row.rxBytes + row.txBytes }))));`;

/** Reads the counters in a namespace, as a recorder in it would. */
function readIn(netns: string, wanted = 'auto'): Seen[] {
  const args = ['netns', 'exec', netns, process.execPath, '--input-type=module', '-e', SCRIPT, READER, wanted];
  return JSON.parse(run('ip', args));
}

const ip = (netns: string, ...args: string[]): string => run('ip', ['-n', netns, ...args]);

function canMake(netns: string, ...args: string[]): boolean {
  return spawnSync('ip', ['-n', netns, 'link', 'add', ...args], { stdio: 'ignore' }).status === 0;
}

const countedNames = (rows: readonly Seen[]): string[] => rows.filter((row) => row.counted).map((row) => row.name);

/** What counted interfaces gained between two readings. */
function gained(before: readonly Seen[], after: readonly Seen[], pick: (row: Seen) => boolean): number {
  const at = new Map(before.map((row) => [row.name, row.bytes]));
  return after.filter(pick).reduce((sum, row) => sum + row.bytes - (at.get(row.name) ?? 0), 0);
}

function address(netns: string, device: string, cidr: string): void {
  ip(netns, 'addr', 'add', cidr, 'dev', device);
  ip(netns, 'link', 'set', device, 'up');
}

const ping = (netns: string, to: string): void => {
  run('ip', ['netns', 'exec', netns, 'ping', '-qn', '-c', '50', '-i', '0.01', '-s', '900', to]);
};

/** Tunnels of this kernel, each over the wire between 10.77.0.1 and 10.77.0.2. */
const TUNNELS: readonly (readonly [string, (own: string, peer: string) => string[]])[] = [
  ['vxlan', (own, peer) => ['type', 'vxlan', 'id', '7', 'local', own, 'remote', peer, 'dstport', '4789']],
  ['geneve', (_, peer) => ['type', 'geneve', 'id', '7', 'remote', peer]],
  ['gre', (own, peer) => ['type', 'gre', 'local', own, 'remote', peer]],
  ['ipip', (own, peer) => ['type', 'ipip', 'local', own, 'remote', peer]],
];

test('NIC, tunnel, bridge and VLAN: the total is what passed the NIC', { skip: notRoot, timeout: 60_000 }, (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const made: string[] = [];
  for (const [i, [kind, options]] of TUNNELS.entries()) {
    const name = `t${kind}`;
    if (!canMake(wires.near, name, ...options('10.77.0.1', '10.77.0.2'))) continue;
    assert.ok(canMake(wires.far, name, ...options('10.77.0.2', '10.77.0.1')));
    made.push(name);
    address(wires.near, name, `10.78.${i}.1/24`);
    address(wires.far, name, `10.78.${i}.2/24`);
  }
  assert.ok(made.length > 0, 'this kernel has no tunnel at all');
  // The tunnel is a port of a bridge on the near side, which has the address.
  if (made.includes('tvxlan')) {
    ip(wires.near, 'link', 'add', 'br0', 'type', 'bridge');
    ip(wires.near, 'addr', 'flush', 'dev', 'tvxlan');
    ip(wires.near, 'link', 'set', 'tvxlan', 'master', 'br0');
    address(wires.near, 'br0', '10.78.0.1/24');
  }
  const hasVlan = canMake(wires.near, 'a0.5', 'link', 'a0', 'type', 'vlan', 'id', '5');
  if (hasVlan) {
    assert.ok(canMake(wires.far, 'b0.5', 'link', 'b0', 'type', 'vlan', 'id', '5'));
    address(wires.near, 'a0.5', '10.79.0.1/24');
    address(wires.far, 'b0.5', '10.79.0.2/24');
  }
  t.diagnostic(`tunnels: ${made.join(' ')}; VLAN: ${hasVlan}`);

  const before = readIn(wires.near);
  const wireBefore = wires.counters(0);
  ping(wires.near, '10.77.0.2');
  for (const [i, [kind]] of TUNNELS.entries()) if (made.includes(`t${kind}`)) ping(wires.near, `10.78.${i}.2`);
  if (hasVlan) ping(wires.near, '10.79.0.2');
  const after = readIn(wires.near);
  const wireAfter = wires.counters(0);

  const wire = wireAfter.rxBytes + wireAfter.txBytes - wireBefore.rxBytes - wireBefore.txBytes;
  assert.deepEqual(countedNames(after), ['a0']);
  assert.equal(
    gained(before, after, (row) => row.counted),
    wire,
  );
  // Without the choice the same bytes would be there several times.
  assert.ok(gained(before, after, (row) => row.name !== 'lo') > 1.5 * wire);
  const classes = Object.fromEntries(after.map((row) => [row.name, row.class]));
  for (const name of made) assert.equal(classes[name], 'tunnel');
  if (made.includes('tvxlan')) assert.equal(classes['br0'], 'bridge');
  if (hasVlan) assert.equal(classes['a0.5'], 'vlan');

  const all = after.map((row) => row.name).filter((name) => name !== 'lo');
  const named = readIn(wires.near, all.join(','));
  assert.ok(countedNames(named).includes('a0'));
  for (const name of made) assert.ok(!countedNames(named).includes(name), `${name} lies on a0`);
});

test('a NIC that is the port of a bridge, and a tunnel over that bridge', { skip: notRoot, timeout: 60_000 }, (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  ip(wires.near, 'link', 'add', 'br0', 'type', 'bridge');
  ip(wires.near, 'addr', 'flush', 'dev', 'a0');
  ip(wires.near, 'link', 'set', 'a0', 'master', 'br0');
  // The far side knows this address by the one of a0.
  ip(wires.near, 'link', 'set', 'br0', 'address', '02:00:00:00:00:0a');
  address(wires.near, 'br0', '10.77.0.1/24');
  const vxlan = ['type', 'vxlan', 'id', '7', 'dstport', '4789'];
  if (!canMake(wires.near, 'tv', ...vxlan, 'remote', '10.77.0.2', 'dev', 'br0')) return t.skip('no VXLAN');
  assert.ok(canMake(wires.far, 'tv', ...vxlan, 'remote', '10.77.0.1', 'dev', 'b0'));
  address(wires.near, 'tv', '10.78.0.1/24');
  address(wires.far, 'tv', '10.78.0.2/24');

  for (const wanted of ['auto', 'a0,br0,tv']) {
    const before = readIn(wires.near, wanted);
    const wireBefore = wires.counters(0);
    ping(wires.near, '10.78.0.2');
    const after = readIn(wires.near, wanted);
    const wireAfter = wires.counters(0);
    assert.deepEqual(countedNames(after), ['a0'], wanted);
    assert.equal(
      gained(before, after, (row) => row.counted),
      wireAfter.rxBytes + wireAfter.txBytes - wireBefore.rxBytes - wireBefore.txBytes,
    );
  }
  assert.deepEqual(countedNames(readIn(wires.near, 'br0,tv')), ['br0']);
  assert.deepEqual(countedNames(readIn(wires.near, 'tv')), ['tv']);
});

test('an interface that is made anew between two readings has another number', {
  skip: notRoot,
  timeout: 60_000,
}, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  // In a process of its own, in the namespace: the facts are kept from one reading to the next.
  const script = `const { counterSource } = await import(process.argv[1]);
    const { execFileSync } = await import('node:child_process');
    const source = counterSource('proc');
    const number = async () => (await source.read()).find((row) => row.name === 'x0')?.ifindex;
    const made = () => execFileSync('ip', ['link', 'add', 'x0', 'type', 'veth', 'peer', 'name', 'x1']);
    made();
    const first = await number();
    execFileSync('ip', ['link', 'del', 'x0']);
    made();
    console.log(JSON.stringify([first, await number()]));`;
  const answer = run('ip', [
    'netns',
    'exec',
    wires.near,
    process.execPath,
    '--input-type=module',
    '-e',
    script,
    READER,
  ]);
  const [first, second] = JSON.parse(answer);
  assert.ok(second > first, answer);
});
