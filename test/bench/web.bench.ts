// Requests a second and latency of the API while packets are recorded without loss, in a namespace of its own; and how long the first
// answer of each promised address takes. Root, tcpreplay, wrk.   npm run bench:web -- [PACKETS_A_SECOND] [SECONDS]
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { syntheticFrames } from '../fixtures/synthetic-traffic.js';
import { notBuilt } from '../helper/native-helper.js';
import { notRoot, Wires } from '../helper/netns.js';

const FRAMES = 50_000;
const CONNECTIONS = 16;
const LOOK_MS = 20;
const PORT = '7373';
const KAIPO = new URL('../../../cli/bin/kaipo.js', import.meta.url).pathname;
/** What the systems kaipo replaces promised, in milliseconds. */
const PROMISED: Readonly<Record<string, number>> = {
  '/api/health': 10,
  '/api/live': 10,
  '/api/today': 50,
  '/api/month': 100,
  '/api/range?since=-30d': 200,
  '/api/summary': 50,
  '/api/export/llm': 100,
};

const hasWrk = spawnSync('wrk', ['--version']).error === undefined;
const reason = notRoot || notBuilt || (hasWrk ? false : 'wrk is not installed: apt install wrk');
if (reason !== false) {
  process.stderr.write(`bench:web: ${reason}\n`);
  process.exit(77);
}
const [pps = '50000', seconds = '10'] = process.argv.slice(2);
const wires = new Wires(1);
const home = mkdtempSync(join(tmpdir(), 'kaipo-bench-web-'));
const inside = (program: string, args: readonly string[], stdio: 'ignore' | 'pipe' = 'pipe'): ChildProcess =>
  spawn('ip', ['netns', 'exec', wires.near, program, ...args], {
    stdio: ['ignore', stdio, 'pipe'],
    env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home },
  });
const kaipo = (...args: string[]): ChildProcess =>
  inside(process.execPath, [KAIPO, ...args, '--store', join(home, 'store')]);

try {
  await measure();
} finally {
  wires.close();
  rmSync(home, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const recorder = kaipo('daemon', '-i', 'a0');
  await said(recorder, 'recording into');
  const server = kaipo('serve', '--port', PORT);
  await said(server, 'dashboard at');
  const frames = syntheticFrames({ rows: FRAMES, flows: 10_000, payloadBytes: 200 });
  const loadS = Number(seconds) * 2 + 20;
  const replayed = wires.replay(0, frames, Number(pps), Math.ceil((Number(pps) * loadS) / FRAMES));
  await wait(3000);
  process.stdout.write(`while ${pps} packets/s are recorded:\n`);
  process.stdout.write(`${'address'.padEnd(28)}${'req/s'.padStart(10)}${'p50'.padStart(10)}${'p99'.padStart(10)}\n`);
  for (const path of ['/api/today', '/api/health']) await load(path);
  process.stdout.write(`\n${'one request'.padEnd(28)}${'ms'.padStart(10)}${'promised'.padStart(10)}\n`);
  for (const [path, promisedMs] of Object.entries(PROMISED)) {
    const ms = await oneRequest(path);
    process.stdout.write(`${path.padEnd(28)}${ms.toFixed(1).padStart(10)}${String(promisedMs).padStart(10)}\n`);
  }
  // Counting begins with the first look.
  await text('/metrics');
  await replayed;
  await wait(2000);
  const metrics = await text('/metrics');
  process.stdout.write(
    `\n${metrics
      .split('\n')
      .filter((line) => /^kaipo_capture_(packets|dropped_packets)_total/.test(line))
      .join('\n')}\n`,
  );
  for (const child of [server, recorder]) {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
}

async function load(path: string): Promise<void> {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', `http://127.0.0.1:${PORT}${path}`];
  const told = await output(inside('wrk', args));
  const of = (pattern: RegExp): string => pattern.exec(told)?.[1] ?? '?';
  const row = [of(/Requests\/sec:\s+(\S+)/), of(/50%\s+(\S+)/), of(/99%\s+(\S+)/)].map((cell) => cell.padStart(10));
  process.stdout.write(`${path.padEnd(28)}${row.join('')}${/Non-2xx.*/.exec(told)?.[0] ?? ''}\n`);
}

/** The median of five, each older than an answer stands; the first one is left out: it starts what stays. */
async function oneRequest(path: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 6; i++) {
    const args = ['-s', '-o', '/dev/null', '-w', '%{time_total}', `http://127.0.0.1:${PORT}${path}`];
    times.push(Number(await output(inside('curl', args))) * 1000);
    await wait(1100);
  }
  return times.slice(1).sort((a, b) => a - b)[2]!;
}

function text(path: string): Promise<string> {
  return output(inside('curl', ['-s', `http://127.0.0.1:${PORT}${path}`]));
}

async function output(child: ChildProcess): Promise<string> {
  let told = '';
  child.stdout!.setEncoding('utf8').on('data', (part: string) => {
    told += part;
  });
  await once(child, 'close');
  return told;
}

async function said(child: ChildProcess, words: string): Promise<void> {
  let told = '';
  child.stderr!.setEncoding('utf8').on('data', (part: string) => {
    told += part;
  });
  while (!told.includes(words)) {
    if (child.exitCode !== null) throw new Error(told);
    await wait(LOOK_MS);
  }
}
