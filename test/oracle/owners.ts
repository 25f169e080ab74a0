// bpftrace beside kaipo: another program, another way to the kernel (BPF on tracepoints), the same question: which process had this flow?
//   npm run oracle:owners      prints the share of flows on which both agree; exit 1 below 99.9 %; skips with a reason. Needs root.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { EventRun } from '../live/event-run.js';
import { noCapture } from '../live/live-program.js';

const LEAST = 0.999;
const NEAR_US = 50_000;
/** A connection: who asked for it, once its port is known. A datagram: for whom its route was looked up. */
const PROGRAM = `
BEGIN { printf("ready\\n"); }
tracepoint:sock:inet_sock_set_state /args->newstate == 2/ { @asked[args->skaddr] = pid; }
tracepoint:sock:inet_sock_set_state /args->newstate == 1 && @asked[args->skaddr]/ {
  printf("tcp %d %d %d %llu\\n", args->sport, args->dport, @asked[args->skaddr], nsecs); delete(@asked[args->skaddr]);
}
tracepoint:fib:fib_table_lookup /args->proto == 17 && args->sport != 0 && args->dport >= 7000 && args->dport < 7200/ {
  printf("udp %d %d %d %llu\\n", args->sport, args->dport, pid, nsecs);
}`;
const IN_TRACEFS =
  'mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; ulimit -l unlimited 2>/dev/null; exec bpftrace -B line -e "$1"';

interface Seen {
  readonly pid: number;
  readonly wallUs: number;
}

class Oracle {
  text = '';
  errors = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor() {
    const env = { ...process.env, BPFTRACE_PERF_RB_PAGES: '1024' };
    this.#child = spawn('unshare', ['-m', 'sh', '-c', IN_TRACEFS, 'sh', PROGRAM], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.errors += chunk;
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** False: it cannot run here. */
  async ready(): Promise<boolean> {
    const endMs = performance.now() + 20_000;
    while (!this.text.includes('ready') && this.#child.exitCode === null && performance.now() < endMs)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return this.text.includes('ready');
  }

  async end(): Promise<Map<string, Seen[]>> {
    this.#child.kill('SIGINT');
    await this.#ended;
    const offsetUs = Date.now() * 1000 - Number(process.hrtime.bigint() / 1000n);
    const seen = new Map<string, Seen[]>();
    for (const match of this.text.matchAll(/^(tcp|udp) (\d+) (\d+) (\d+) (\d+)$/gm)) {
      const key = `${match[1]} ${match[2]} ${match[3]}`;
      const one = { pid: Number(match[4]), wallUs: Number(match[5]) / 1000 + offsetUs };
      seen.set(key, [...(seen.get(key) ?? []), one]);
    }
    return seen;
  }
}

async function compare(): Promise<void> {
  const run = new EventRun();
  const oracle = new Oracle();
  try {
    if (!(await oracle.ready())) {
      process.stdout.write(`skipped: bpftrace cannot run here: ${oracle.errors.trim().split('\n').at(-1)}\n`);
      return;
    }
    await run.begin();
    await run.workload('parallel', 'short-parallel', '--workers', '16', '--count', '63', '--seed', '1');
    await run.workload('reuse', 'port-reuse', '--count', '1000', '--seed', '2');
    await run.settle();
    await run.end();
    const seen = await oracle.end();
    let [both, agreed, onlyOracle, onlyKaipo] = [0, 0, 0, 0];
    for (const { transport, client, server, startUs, owner } of await run.records()) {
      const near = (seen.get(`${transport} ${client.port} ${server.port}`) ?? [])
        .map(({ pid, wallUs }) => ({ pid, farUs: Math.abs(wallUs - startUs) }))
        .filter(({ farUs }) => farUs < NEAR_US)
        .sort((a, b) => a.farUs - b.farUs)[0];
      if (near === undefined) onlyKaipo += owner?.pid === undefined ? 0 : 1;
      else if (owner?.pid === undefined) onlyOracle += 1;
      else {
        both += 1;
        if (near.pid === owner.pid) agreed += 1;
        else
          process.stdout.write(
            `${transport} ${client.port} ${server.port}: kaipo ${owner.pid} (${owner.quality}), bpftrace ${near.pid}\n`,
          );
      }
    }
    // Of what bpftrace has an answer for; a flow that kaipo does not name is none it agrees on.
    const share = agreed / (both + onlyOracle);
    process.stdout.write(
      `${run.rung}: ${agreed} of ${both + onlyOracle} flows agree (${(share * 100).toFixed(2)} %), ${onlyOracle} without a name here, ${onlyKaipo} that only kaipo names\n`,
    );
    process.exitCode = share >= LEAST ? 0 : 1;
  } finally {
    await oracle.end();
    await run.close();
  }
}

const missing = ['bpftrace', 'unshare'].find((tool) => spawnSync('which', [tool]).status !== 0);
if (noCapture !== false) process.stdout.write(`skipped: ${noCapture}\n`);
else if (missing !== undefined)
  process.stdout.write(`skipped: ${missing} is not installed (apt install bpftrace util-linux)\n`);
else await compare();
