// `npm run bench:startup [ROUNDS]`: what a command takes that has almost nothing to do, beside node alone: medians of runs in turns,
// and what is more than node in milliseconds of CPU, for the bundle and for what is compiled.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../fixtures/pcap-case.js';
import { KAIPO, kaipoEnv } from '../fixtures/run-kaipo.js';

const rounds = Number(process.argv[2] ?? 15);
const capture = join(REPOSITORY, 'pcaps/dns/input.pcap');
const compiled = join(REPOSITORY, 'cli/dist/main.js');
const folder = mkdtempSync(join(tmpdir(), 'kaipo-startup-'));
const store = join(folder, 'store');
const report = join(folder, 'report.cjs');
const empty = join(folder, 'empty.cjs');
writeFileSync(empty, '');
// A child of spawnSync says nothing of its CPU time: it has to tell.
writeFileSync(report, "process.on('exit', () => require('fs').writeSync(2, JSON.stringify(process.cpuUsage())));");

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function run(program: readonly string[]): Cost {
  const begin = performance.now();
  const { stderr, status } = spawnSync(process.execPath, ['--require', report, ...program], {
    env: kaipoEnv(),
    encoding: 'utf8',
  });
  const wallMs = performance.now() - begin;
  const used = /\{"user":(\d+),"system":(\d+)\}$/.exec(stderr);
  if (status !== 0 || used === null) throw new Error(`${program.join(' ')}: ${status} ${stderr}`);
  return { wallMs, cpuMs: (Number(used[1]) + Number(used[2])) / 1000 };
}

const COMMANDS: readonly (readonly string[])[] = [
  ['--version'],
  ['--help'],
  ['config', 'path'],
  ['today', '--store', store],
  ['analyze', capture],
  ['live', '--helper', 'none', '--plain', '--duration', '0.001', '--no-record'],
];
const programs = [
  [empty],
  ...COMMANDS.flatMap((command) => [
    [KAIPO, ...command],
    [compiled, ...command],
  ]),
];

run([KAIPO, 'analyze', capture, '--store', store]);
const costs = programs.map((): Cost[] => []);
for (let round = 0; round < rounds; round++)
  programs.forEach((program, index) => void costs[index]!.push(run(program)));
rmSync(folder, { recursive: true });

function median(of: readonly Cost[], key: keyof Cost): number {
  return of.map((cost) => cost[key]).sort((a, b) => a - b)[of.length >> 1]!;
}
const row = (cells: readonly (string | number)[]): string =>
  cells.map((cell, at) => (at === 0 ? String(cell).padEnd(12) : String(cell).padStart(14))).join('');
const lines = [row(['ms', 'wall', 'CPU', 'CPU - node', 'CPU / node', 'compiled CPU', 'compiled/this'])];
const node = median(costs[0]!, 'cpuMs');
lines.push(row(['node', median(costs[0]!, 'wallMs').toFixed(0), node.toFixed(0)]));
COMMANDS.forEach(([name], index) => {
  const [bundled, plain] = [costs[1 + index * 2]!, costs[2 + index * 2]!];
  const cpu = median(bundled, 'cpuMs');
  const slow = median(plain, 'cpuMs');
  const wall = median(bundled, 'wallMs').toFixed(0);
  lines.push(
    row([
      name!,
      wall,
      cpu.toFixed(0),
      (cpu - node).toFixed(0),
      (cpu / node).toFixed(2),
      slow.toFixed(0),
      (slow / cpu).toFixed(2),
    ]),
  );
});
process.stdout.write(`${lines.join('\n')}\n`);
