// One selftest from first to last: network, recorder, server, scenarios, the end in order, records, books. Owns the order and the
// folder of the run; what is right is scorecard.ts. Bound: LIMITS a step; afterwards nothing is left, whatever happened.
import { existsSync } from 'node:fs';
import { copyFile, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_PATHS } from '@kaipo/capture-helper/launch/index.js';
import type { FlowRecord } from '@kaipo/core/api/events.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_SIGTERM } from '@kaipo/core/kernel/exit-codes.js';
import { type BooksSums, queryBooks, queryFlows } from '@kaipo/core/query/history.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { Child } from './child-process.js';
import type { Scenario } from './scenario-list.js';
import { type ScenarioRun, type Scorecard, scorecard } from './scorecard.js';
import { isSelftest, TestNetwork } from './test-network.js';
import { parseTruth } from './truth-rows.js';

const LIMITS = { readyMs: 30_000, scenarioMs: 180_000, endMs: 60_000 };
/** Holds a whole quick run, so that a busy machine still captures all of it. */
const RING_MIB = '128';
const DIRECTORY_PREFIX = 'kaipo-selftest-';
const EXIT_SKIPPED = 77;
const MAX_RECORDS = 400_000;
const ALL_TIME = { fromUs: 0, toUs: 8e15 };
const KAIPO = fileURLToPath(new URL('../../bin/kaipo.js', import.meta.url));
/** Built beside the capture helper. */
const WORKLOAD = join(dirname(DEFAULT_PATHS.built), 'kaipo-workload');

export interface SelftestPlan {
  readonly scenarios: readonly Scenario[];
  readonly isQuick: boolean;
  /** Where store, truth and log are left; undefined: nowhere. */
  readonly keep: string | undefined;
  readonly signal: AbortSignal;
  onProgress(text: string): void;
}

/** Of the wire between the two sides: three counts that must agree to the byte. */
export interface WireCheck {
  readonly interface: string;
  /** The kernel's counters, read before and after. */
  readonly kernelBytes: number;
  /** What the recorder has booked as the kernel's. */
  readonly bookedBytes: number;
  /** Frames of all flow records, and of what belongs to no flow. */
  readonly capturedBytes: number;
  readonly notCapturedBytes: number;
  readonly notCapturedReasons: BooksSums['notCaptured'];
  readonly agrees: boolean;
}

export interface SelftestResult {
  readonly rung: string;
  readonly seconds: number;
  readonly card: Scorecard;
  readonly wire: WireCheck;
  /** `kaipo audit` of the store. */
  readonly books: { readonly closed: boolean } & Pick<
    BooksSums,
    'kernelBytes' | 'attributedBytes' | 'unknownBytes' | 'notCapturedBytes' | 'residualBytes'
  >;
  readonly notes: readonly string[];
}

export async function runScenarios(plan: SelftestPlan): Promise<SelftestResult> {
  if (!existsSync(WORKLOAD))
    throw new KaipoError(
      'KAIPO_HELPER_MISSING',
      'the workload was not built',
      'apt install gcc libc6-dev && npm run build',
    );
  const startMs = performance.now();
  const directory = await makeDirectory(plan.keep);
  const network = new TestNetwork();
  const run = new SelftestRun(plan, network, directory);
  try {
    plan.onProgress('makes its network');
    await network.open();
    const { runs, kernelBytes } = await run.record();
    return await run.judge(runs, kernelBytes, startMs);
  } finally {
    await run.end();
    network.close();
    if (plan.keep === undefined) await rm(directory, { recursive: true, force: true });
  }
}

async function makeDirectory(keep: string | undefined): Promise<string> {
  if (keep === undefined) {
    await sweepDirectories();
    return realpath(await mkdtemp(join(tmpdir(), `${DIRECTORY_PREFIX}${process.pid}-`)));
  }
  try {
    await mkdir(keep, { mode: 0o700 });
    return await realpath(keep);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'it is there already' : (error as Error).message;
    throw new KaipoError('KAIPO_CANNOT_CREATE', `${keep}: ${why}`, 'name a new directory');
  }
}

/** What runs that were killed have left; of our own only, since everybody may write there. */
async function sweepDirectories(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(DIRECTORY_PREFIX) || isSelftest(Number.parseInt(name.slice(DIRECTORY_PREFIX.length), 10)))
      continue;
    const path = join(tmpdir(), name);
    const { uid } = await lstat(path);
    if (uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
  }
}

class SelftestRun {
  readonly #plan: SelftestPlan;
  readonly #network: TestNetwork;
  readonly #directory: string;
  readonly #children: Child[] = [];
  readonly #notes: string[] = [];
  /** No setting of this machine reaches the result, and a daemon under sudo stays root. */
  readonly #env = { PATH: process.env['PATH'], HOME: '/nonexistent', LANG: 'C.UTF-8', XDG_RUNTIME_DIR: '' };

  constructor(plan: SelftestPlan, network: TestNetwork, directory: string) {
    this.#plan = plan;
    this.#network = network;
    this.#directory = directory;
  }

  get #store(): string {
    return join(this.#directory, 'store');
  }

  get #truth(): string {
    return join(this.#directory, 'truth.ndjson');
  }

  /** All scenarios between the start and the end of a recorder. */
  async record(): Promise<{ runs: ScenarioRun[]; kernelBytes: number }> {
    const { signal, scenarios, onProgress } = this.#plan;
    await copyFile(WORKLOAD, join(this.#directory, 'kaipo-workload'));
    await writeFile(this.#truth, '', { mode: 0o600 });
    const server = this.#start(
      'the server',
      this.#network.within(this.#network.far, WORKLOAD, 'serve', '--truth', this.#truth),
    );
    await this.#ready(server);
    const early = scenarios.map((scenario, index) =>
      scenario.isEarly === true ? this.#begin(scenario, index) : undefined,
    );
    for (const child of early) if (child !== undefined) await this.#ready(child);
    const before = this.#network.countedBytes();
    onProgress('starts the recorder');
    const daemon = await this.#startDaemon();
    const runs: ScenarioRun[] = [];
    for (const [index, scenario] of scenarios.entries()) {
      onProgress(`${index + 1} of ${scenarios.length}: ${scenario.name}`);
      runs.push(await this.#finish(scenario, early[index] ?? this.#begin(scenario, index)));
      if (daemon.hasEnded) throw new Error(`the recorder ended in ${scenario.name}: ${daemon.stderr.trim()}`);
    }
    onProgress('ends the recorder');
    daemon.kill('SIGTERM');
    const { exitCode } = await daemon.end(LIMITS.endMs, signal);
    signal.throwIfAborted();
    if (exitCode !== EXIT_SIGTERM) throw new Error(`the recorder ended with ${exitCode}: ${daemon.stderr.trim()}`);
    return { runs, kernelBytes: this.#network.countedBytes() - before };
  }

  async judge(runs: readonly ScenarioRun[], kernelBytes: number, startMs: number): Promise<SelftestResult> {
    this.#plan.onProgress('compares');
    const truth = parseTruth(await readFile(this.#truth, 'utf8'));
    const { records, books, rung } = await this.#readStore();
    const { uplink } = TestNetwork;
    const uplinkBooks = books.interfaces.find((row) => row.interface === uplink);
    const flowBytes = records
      .filter((record) => record.interface === uplink)
      .reduce((sum, { client, server }) => sum + client.bytes + server.bytes, 0);
    const capturedBytes = flowBytes + (uplinkBooks?.unknown['not-a-flow'] ?? 0);
    const bookedBytes = uplinkBooks?.kernelBytes ?? 0;
    const notCapturedBytes = uplinkBooks?.notCapturedBytes ?? 0;
    return {
      rung,
      seconds: (performance.now() - startMs) / 1000,
      card: scorecard(runs, truth, records, rung === 'capture+events'),
      wire: {
        interface: uplink,
        kernelBytes,
        bookedBytes,
        capturedBytes,
        notCapturedBytes,
        notCapturedReasons: uplinkBooks?.notCaptured ?? {},
        agrees: kernelBytes === bookedBytes && kernelBytes === capturedBytes + notCapturedBytes,
      },
      books: await this.#audit(),
      notes: this.#notes,
    };
  }

  /** Nothing of this run goes on. */
  async end(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await Promise.allSettled(this.#children.map((child) => child.ended));
  }

  #start(what: string, argv: readonly string[]): Child {
    const child = new Child(what, argv, this.#env);
    this.#children.push(child);
    return child;
  }

  async #startDaemon(): Promise<Child> {
    const config = join(this.#directory, 'kaipo.toml');
    await writeFile(config, '[monitoring]\nbatch_write_interval = "1s"\n', { mode: 0o600 });
    // `ip netns exec` brings a /sys of its own, without what was mounted below it; kernel events are asked for there.
    const withTracefs = 'mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; exec "$@"';
    const kaipo = [
      process.execPath,
      KAIPO,
      'daemon',
      '-i',
      TestNetwork.uplink,
      '-i',
      'lo',
      '--helper',
      'native',
      '--ring-mib',
      RING_MIB,
    ];
    const argv = [...kaipo, '--store', this.#store, '--config', config];
    const { near } = this.#network;
    const daemon = this.#start('the recorder', this.#network.within(near, 'sh', '-c', withTracefs, 'sh', ...argv));
    await daemon.until(() => daemon.stderr.includes('kaipo daemon: recording into'), LIMITS.readyMs, this.#plan.signal);
    return daemon;
  }

  #ready(child: Child): Promise<void> {
    return child.until(() => child.stdout.includes('ready'), LIMITS.readyMs, this.#plan.signal);
  }

  #begin(scenario: Scenario, index: number): Child {
    const { name, isInner = false } = scenario;
    const { addresses, uplink } = TestNetwork;
    const size = this.#plan.isQuick ? scenario.quick : scenario.full;
    const argv = [
      ...[join(this.#directory, 'kaipo-workload'), 'run', name, '--truth', this.#truth, '--dir', this.#directory],
      ...['--server4', addresses.server4, '--server6', addresses.server6],
      ...['--local4', isInner ? addresses.inner4 : addresses.local4],
      ...['--local6', isInner ? addresses.inner6 : addresses.local6],
      ...['--interface', uplink, '--server-mac', addresses.serverMac, '--seed', String((index + 1) * 1_000_000)],
      ...size,
    ];
    const place = isInner ? this.#network.inner : this.#network.near;
    if (isInner && this.#network.natProblem !== undefined)
      this.#notes.push(`${name}: forwarded without translation: ${this.#network.natProblem}`);
    return this.#start(name, this.#network.within(place, ...argv));
  }

  async #finish({ name, target }: Scenario, child: Child): Promise<ScenarioRun> {
    child.endInput();
    const { exitCode, signal } = await child.end(LIMITS.scenarioMs, this.#plan.signal);
    this.#plan.signal.throwIfAborted();
    if (exitCode === 0) return { name, target };
    const [, reason] = /^skip: (.*)$/m.exec(child.stderr) ?? [];
    if (exitCode === EXIT_SKIPPED && reason !== undefined) return { name, target, skipped: reason };
    return { name, target, failed: `did not run to its end (${signal ?? exitCode}): ${child.stderr.trim()}` };
  }

  async #readStore(): Promise<{ records: readonly FlowRecord[]; books: ReturnType<typeof queryBooks>; rung: string }> {
    const store = openStore({ dir: this.#store, readOnly: true });
    try {
      const { flows, more } = queryFlows(store, ALL_TIME, { limit: MAX_RECORDS, sort: 'start' });
      if (more) this.#notes.push('there were more flow records than could be read');
      return { records: flows, books: queryBooks(store, ALL_TIME), rung: store.info().mode ?? 'unknown' };
    } finally {
      await store.close();
    }
  }

  /** As a person would ask. */
  async #audit(): Promise<SelftestResult['books']> {
    const argv = [process.execPath, KAIPO, 'audit', '--json', '--store', this.#store];
    const audit = this.#start('kaipo audit', argv);
    const { exitCode } = await audit.end(LIMITS.endMs, this.#plan.signal);
    this.#plan.signal.throwIfAborted();
    if (exitCode !== 0 && exitCode !== 1) throw new Error(`kaipo audit ended with ${exitCode}: ${audit.stderr.trim()}`);
    const { total, withinBound } = JSON.parse(audit.stdout) as { total: BooksSums; withinBound: boolean };
    const { kernelBytes, attributedBytes, unknownBytes, notCapturedBytes, residualBytes } = total;
    return { closed: withinBound, kernelBytes, attributedBytes, unknownBytes, notCapturedBytes, residualBytes };
  }
}
