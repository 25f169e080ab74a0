// Kills the recorder at random moments under traffic, again and again, and holds its history against the kernel's own counters.
//   node test/dist/soak/kill-rounds.js [ROUNDS] [none|native]       needs root; default 200 rounds, counters alone
// After each round: the store opens, its resolutions agree, no second twice as long, and no more than one batch was not yet written.
// In the end: what is stored is what the kernel counted between the first and the last reading, to the byte.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { RESOLUTIONS_S } from '@kaipo/core/store/store-limits.js';
import { udpFrame, Wires } from '../helper/netns.js';
import { DaemonProgram, KAIPO, type StoredSums, storedBytes } from './daemon-program.js';

/** Seconds; short, so that a round is. */
const BATCH_S = 1;
const POLL_S = 0.1;
const LINK = 'a0';

export interface KillReport {
  readonly rounds: number;
  readonly stored: StoredSums;
  readonly kernel: StoredSums;
  /** Longest time between what the store knew and the moment of a kill. */
  readonly longestGapS: number;
  readonly problems: readonly string[];
}

/**
 * `helper`: with `native` packets are captured too, and flows and applications lie in the same transactions. `signal`: no further
 * round.
 */
export async function killRounds(
  rounds: number,
  say: (line: string) => void,
  helper: 'none' | 'native' = 'none',
  signal?: AbortSignal,
): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-kill-'));
  const store = join(folder, 'store');
  const config = join(folder, 'kaipo.toml');
  writeFileSync(
    config,
    `[monitoring]\npoll_interval = ${POLL_S}\nbatch_write_interval = ${BATCH_S}\ninterface = ["${LINK}"]\n[capture]\ninterfaces = ["${LINK}"]\n`,
  );
  const wires = new Wires();
  const near = ['ip', 'netns', 'exec', wires.near];
  const problems: string[] = [];
  let longestGapS = 0;
  let daemon: DaemonProgram | undefined;
  const begin = (): DaemonProgram =>
    new DaemonProgram(['--helper', helper, '--store', store, '--config', config], near, {
      ...process.env,
      XDG_RUNTIME_DIR: '',
    });
  const traffic: ChildProcess[] = [];
  try {
    // Nothing moves until the first reading is stored: that is where both logs begin.
    const first = kernelBytes(near);
    daemon = begin();
    await daemon.ready();
    const frames = Array.from({ length: 100 }, (_, i) => udpFrame(0, 18 + i * 10, 1000 + i));
    const ping = [...near.slice(1), 'ping', '-qn', '-i', '0.002', '-s', '700', '10.77.0.2'];
    traffic.push(wires.startReplay(0, frames, 2000, 100_000), spawn('ip', ping, { stdio: 'ignore' }));
    for (let round = 1; round <= rounds && signal?.aborted !== true; round++) {
      if (round > 1) daemon = begin();
      // Every other round is killed while it starts, and catches up what the one before had not written.
      if (round % 2 === 1) await daemon.ready();
      await sleep(Math.random() * (round % 2 === 1 ? 2 * BATCH_S : 0.5) * 1000);
      const wasReady = daemon.stderr.includes('kaipo daemon: recording');
      daemon.child.kill('SIGKILL');
      const killedS = Date.now() / 1000;
      await daemon.exited;
      const found = await checkStore(store, round);
      problems.push(...found.problems);
      if (wasReady && found.endS !== undefined) longestGapS = Math.max(longestGapS, killedS - found.endS);
      if (round % 20 === 0) say(`${round} rounds, ${problems.length} problems`);
    }
    daemon = begin();
    await daemon.ready();
    await Promise.all(traffic.map(stopped));
    const code = await daemon.end('SIGTERM');
    if (code !== 143) problems.push(`the last daemon ended with ${code}: ${daemon.stderr}`);
    const last = kernelBytes(near);
    const kernel = { rxBytes: last.rxBytes - first.rxBytes, txBytes: last.txBytes - first.txBytes };
    const stored = await storedBytes(store, LINK, 86_400);
    problems.push(...(await checkStore(store, rounds + 1)).problems);
    if (stored.rxBytes !== kernel.rxBytes || stored.txBytes !== kernel.txBytes)
      problems.push(`stored ${JSON.stringify(stored)}, counted ${JSON.stringify(kernel)}`);
    // A late tick and the killing itself take time too.
    if (longestGapS > BATCH_S + POLL_S + 0.5) problems.push(`${longestGapS.toFixed(2)} s of detail were missing`);
    return { rounds, stored, kernel, longestGapS, problems };
  } finally {
    await Promise.all(traffic.map(stopped));
    daemon?.child.kill('SIGKILL');
    await daemon?.exited;
    wires.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function stopped(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  return exit;
}

/** The kernel's own counters, from inside the namespace: /proc/net/dev, bytes received and sent (netdevice fields 1 and 9). */
function kernelBytes(near: readonly string[]): StoredSums {
  const { stdout } = spawnSync(near[0] as string, [...near.slice(1), 'cat', '/proc/net/dev'], { encoding: 'utf8' });
  const line = stdout.split('\n').find((each) => each.trim().startsWith(`${LINK}:`)) ?? '';
  const fields = line.split(':')[1]?.trim().split(/\s+/).map(Number) ?? [];
  return { rxBytes: fields[0] ?? Number.NaN, txBytes: fields[8] ?? Number.NaN };
}

/** A store that was not closed: opens, is sound, and says the same in every resolution. */
async function checkStore(dir: string, round: number): Promise<{ problems: string[]; endS: number | undefined }> {
  const problems: string[] = [];
  const sums = new Map<number, StoredSums>();
  for (const resolutionS of RESOLUTIONS_S) sums.set(resolutionS, await storedBytes(dir, LINK, resolutionS));
  const seconds = sums.get(1);
  for (const [resolutionS, sum] of sums) {
    if (sum.rxBytes !== seconds?.rxBytes || sum.txBytes !== seconds.txBytes)
      problems.push(`round ${round}: ${resolutionS} s has ${JSON.stringify(sum)}, seconds ${JSON.stringify(seconds)}`);
  }
  const check = spawnSync(process.execPath, [KAIPO, 'db', 'check', '--store', dir], { encoding: 'utf8' });
  const isThere = !/unknown command/.test(check.stderr);
  if (isThere && check.status !== 0) problems.push(`round ${round}: db check: ${check.stdout}${check.stderr}`);
  const store = openStore({ dir, readOnly: true });
  const { lastEndUs } = store.info();
  const starts = new Set<number>();
  store.view((view) =>
    view.readTotals(1, 0, 8e15, (startUs) => {
      if (starts.has(startUs)) problems.push(`round ${round}: the second ${startUs} is there twice`);
      starts.add(startUs);
      return undefined;
    }),
  );
  await store.close();
  return { problems, endS: lastEndUs === undefined ? undefined : lastEndUs / 1e6 };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rounds = Number(process.argv[2] ?? 200);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const helper = process.argv[3] === 'native' ? 'native' : 'none';
  const report = await killRounds(rounds, (line) => process.stdout.write(`${line}\n`), helper, stop.signal);
  const { stored, kernel, longestGapS, problems } = report;
  process.stdout.write(
    [
      `${rounds} rounds of kill -9 under traffic`,
      `stored   ${stored.rxBytes} received, ${stored.txBytes} sent`,
      `kernel   ${kernel.rxBytes} received, ${kernel.txBytes} sent`,
      `most detail not yet written when killed: ${longestGapS.toFixed(2)} s (batches of ${BATCH_S} s)`,
      ...(problems.length === 0 ? ['no problem'] : problems),
      '',
    ].join('\n'),
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}
