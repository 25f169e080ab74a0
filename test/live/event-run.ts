// A recorder on a wire of its own, a view beside it, and programs that say what they did: what a test of kernel events needs.
// Owns: namespaces, processes and files of one run, and that all of it is gone afterwards. Needs root.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Scorecard, scorecard } from '@kaipo/cli/selftest/scorecard.js';
import { parseTruth } from '@kaipo/cli/selftest/truth-rows.js';
import type { FlowRecord } from '@kaipo/core/api/events.js';
import { queryBooks, queryFlows } from '@kaipo/core/query/history.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { run, Wires } from '../helper/netns.js';
import { DaemonProgram } from '../soak/daemon-program.js';
import { LiveProgram } from './live-program.js';

export const WORKLOAD = fileURLToPath(new URL('../../../capture-helper/build/kaipo-workload', import.meta.url));
const ENV = { ...process.env, XDG_RUNTIME_DIR: '', RUNTIME_DIRECTORY: '' };
const ALL_TIME = { fromUs: 0, toUs: 8e15 };
const MAX_RECORDS = 400_000;
const WITH_TRACEFS = 'mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; exec "$@"';

export interface EventTick {
  readonly mode: string;
  readonly capture: { readonly events?: { readonly lost: number; readonly turnedDown: boolean } };
}

export class EventRun {
  readonly wires = new Wires();
  readonly folder = mkdtempSync(join(tmpdir(), 'kaipo-events-'));
  readonly #store = join(this.folder, 'store');
  readonly #truth = join(this.folder, 'truth.ndjson');
  readonly #children: ChildProcess[] = [];
  daemon!: DaemonProgram;
  live!: LiveProgram;

  async begin(): Promise<void> {
    writeFileSync(this.#truth, '');
    const config = join(this.folder, 'kaipo.toml');
    writeFileSync(config, '[monitoring]\nbatch_write_interval = "1s"\n', { mode: 0o600 });
    const server = this.#start(this.wires.far, [], WORKLOAD, 'serve');
    await new Promise<void>((resolve, reject) => {
      server.stdout?.once('data', () => resolve());
      server.once('exit', () => reject(new Error('the server ended')));
    });
    const near = ['ip', 'netns', 'exec', this.wires.near, 'sh', '-c', WITH_TRACEFS, 'sh'];
    const capture = ['-i', 'a0', '--helper', 'native', '--ring-mib', '256'];
    this.daemon = new DaemonProgram([...capture, '--store', this.#store, '--config', config], near, ENV);
    await this.daemon.ready();
    this.live = new LiveProgram([], ['--store', this.#store, '--config', config], ENV);
    // The first may be from before the helper has spoken.
    await this.live.until('ticks', () => this.rung === 'capture+events' || this.live.ticks.length > 3);
  }

  /** What was told by now has been taken in: ticks are a second apart. */
  async settle(): Promise<void> {
    const enough = this.live.ticks.length + 2;
    await this.live.until('two more ticks', () => this.live.ticks.length >= enough);
  }

  get rung(): string {
    return this.live.ticks.at(-1)?.mode ?? '';
  }

  get events(): { readonly lost: number; readonly turnedDown: boolean } {
    return (this.live.ticks.at(-1) as EventTick | undefined)?.capture.events ?? { lost: 0, turnedDown: false };
  }

  /** Runs a scenario of the workload to its end; its flows are told under `name`. Answers with what it said. */
  async workload(name: string, scenario: string, ...size: readonly string[]): Promise<string> {
    return this.workloadOn([], name, scenario, ...size);
  }

  /** @param before a command that runs it, such as taskset. */
  async workloadOn(
    before: readonly string[],
    name: string,
    scenario: string,
    ...size: readonly string[]
  ): Promise<string> {
    const ends = ['--server4', '10.77.0.2', '--server6', '::1', '--local4', '10.77.0.1', '--local6', '::1'];
    const files = ['--truth', this.#truth, '--dir', this.folder];
    const child = this.#start(
      this.wires.near,
      before,
      WORKLOAD,
      'run',
      scenario,
      '--scenario',
      name,
      ...files,
      ...ends,
      ...size,
    );
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
    const status = await new Promise((resolve) => child.once('close', resolve));
    if (status !== 0) throw new Error(`${scenario} ended with ${status}: ${text}`);
    return text;
  }

  /** The helper that captures, not the spare. */
  get helper(): number {
    const pid = below(this.daemon.pid).find((each) => {
      const command = readFileSync(`/proc/${each}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return /^\S*kaipo-capture /.test(command) && !command.includes('--standby') && isNoJanitor(each);
    });
    if (pid === undefined) throw new Error('no capture helper runs');
    return pid;
  }

  /** What the kernel says it threw away, as anybody with rights may read it. */
  kernelLost(): number {
    const folder = `/sys/kernel/tracing/instances/kaipo-${this.helper}/per_cpu`;
    const text = run('nsenter', ['-t', String(this.helper), '-m', 'sh', '-c', `cat ${folder}/cpu*/stats`]);
    const matches = text.matchAll(/^(?:overrun|commit overrun|dropped events): (\d+)$/gm);
    return [...matches].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** Ends the recorder in order and compares what it wrote with what was done. */
  async judge(names: readonly string[]): Promise<{
    card: Scorecard;
    unknown: Readonly<Record<string, number>>;
    residualBytes: number;
  }> {
    await this.end();
    const truth = parseTruth(readFileSync(this.#truth, 'utf8'));
    const store = openStore({ dir: this.#store, readOnly: true });
    try {
      const { flows } = queryFlows(store, ALL_TIME, { limit: MAX_RECORDS, sort: 'start' });
      const runs = names.map((name) => ({ name, target: 'short' as const }));
      const { interfaces, total } = queryBooks(store, ALL_TIME);
      const books = interfaces.find((row) => row.interface === 'a0');
      const { residualBytes } = total;
      return { card: scorecard(runs, truth, flows, true), unknown: { ...books?.unknown }, residualBytes };
    } finally {
      await store.close();
    }
  }

  async end(): Promise<void> {
    await this.live.interrupt();
    await this.daemon.end();
  }

  /** What the recorder has written of flows; after `end`. */
  async records(): Promise<readonly FlowRecord[]> {
    const store = openStore({ dir: this.#store, readOnly: true });
    try {
      return queryFlows(store, ALL_TIME, { limit: MAX_RECORDS, sort: 'start' }).flows;
    } finally {
      await store.close();
    }
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    this.live?.child.kill('SIGKILL');
    if (this.daemon !== undefined) {
      try {
        process.kill(this.helper, 'SIGCONT');
      } catch {
        // It has ended.
      }
      await this.daemon.end('SIGKILL');
    }
    this.wires.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #start(namespace: string, before: readonly string[], ...argv: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', namespace, ...before, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.push(child);
    return child;
  }
}

function below(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
      const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean);
      return children.map(Number).flatMap((child) => [child, ...below(child)]);
    });
  } catch {
    return [];
  }
}

const isNoJanitor = (pid: number): boolean => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'kaipo-janitor';
