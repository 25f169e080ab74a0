// `npm run profile -- analyze FILE …`: any kaipo command under V8's sampling profiler. Leaves a .cpuprofile a thread in the folder
// `profiles`, for the Performance panel of Chromium or speedscope, and prints the functions that took most.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOP = 40;
const SAMPLE_US = 500;

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'profiles', new Date().toISOString().replaceAll(':', '-'));
mkdirSync(folder, { recursive: true });
// The compiled files, not the bundle: their names say where a function is.
const program = join(root, 'cli/dist/main.js');
const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${SAMPLE_US}`];
const { status } = spawnSync(process.execPath, [...flags, program, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const name of readdirSync(folder).sort()) {
  process.stderr.write(`\n${relative(root, join(folder, name))}\n${topOf(join(folder, name))}`);
}
process.exitCode = status ?? 1;

/** One line a function: milliseconds on its own, share, where it is. */
function topOf(path: string): string {
  const profile = JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const ownUs = new Map<string, number>();
  let totalUs = 0;
  for (const [index, id] of profile.samples.entries()) {
    const us = profile.timeDeltas[index] ?? 0;
    const name = names.get(id) ?? '?';
    ownUs.set(name, (ownUs.get(name) ?? 0) + us);
    totalUs += us;
  }
  return [...ownUs]
    .sort((a, b) => b[1] - a[1])
    .slice(0, TOP)
    .map(
      ([name, us]) =>
        `${(us / 1000).toFixed(1).padStart(9)} ms ${((100 * us) / totalUs).toFixed(1).padStart(5)} %  ${name}\n`,
    )
    .join('');
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const place = url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url;
  return `${functionName || '(anonymous)'} ${place}${place === '' ? '' : `:${lineNumber + 1}`}`;
}
