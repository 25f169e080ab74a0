// What an idle recorder costs: starts the real daemon in counter mode on a fresh store, lets it settle, and measures its anonymous
// memory and processor time over a minute.   node test/dist/soak/idle-cost.js [SECONDS]      exit 1 when a target is missed
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonProgram } from './daemon-program.js';

const TARGET_KB = 40_000;
const TARGET_CPU_PERCENT = 0.5;
const SETTLE_MS = 15_000;
/** USER_HZ: what /proc/PID/stat counts in, on every Linux. */
const TICKS_PER_S = 100;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function statusKb(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN);
}

/** utime + stime, fields 14 and 15 of proc_pid_stat(5), in seconds. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

const seconds = Number(process.argv[2] ?? 60);
const folder = mkdtempSync(join(tmpdir(), 'kaipo-idle-'));
const daemon = new DaemonProgram(['--helper', 'none', '--store', join(folder, 'store')]);
try {
  await daemon.ready();
  await wait(SETTLE_MS);
  const beginMs = performance.now();
  const beginCpu = cpuSeconds(daemon.pid);
  let mostKb = 0;
  while (performance.now() - beginMs < seconds * 1000) {
    mostKb = Math.max(mostKb, statusKb(daemon.pid, 'RssAnon'));
    await wait(1000);
  }
  const elapsedS = (performance.now() - beginMs) / 1000;
  const percent = ((cpuSeconds(daemon.pid) - beginCpu) / elapsedS) * 100;
  const isGood = mostKb <= TARGET_KB && percent <= TARGET_CPU_PERCENT;
  process.stdout.write(
    [
      `anonymous memory  ${(mostKb / 1000).toFixed(1)} MB at most (RssAnon), target ${TARGET_KB / 1000} MB`,
      `file pages        ${(statusKb(daemon.pid, 'RssFile') / 1000).toFixed(1)} MB (RssFile: the node program and the store, shared)`,
      `processor         ${percent.toFixed(2)} % of one core over ${elapsedS.toFixed(0)} s, target ${TARGET_CPU_PERCENT} %`,
      isGood ? 'both targets are met' : 'a target is missed',
      '',
    ].join('\n'),
  );
  process.exitCode = isGood ? 0 : 1;
} finally {
  await daemon.end();
  rmSync(folder, { recursive: true, force: true });
}
