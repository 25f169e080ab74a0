// Runs the compiled tests with node:test. Node 20's --test knows no glob, so the list is made here.
//   node test/run-tests.mjs [--privileged] [WORD...]     only files whose path has every WORD in it
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const privileged = process.argv.includes('--privileged');
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const files = readdirSync(join(root, 'test', 'dist'), { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.test.js') && file.endsWith('.priv.test.js') === privileged)
  .filter((file) => words.every((word) => file.includes(word)))
  .map((file) => relative(root, join(root, 'test', 'dist', file)))
  .sort();
if (files.length === 0) {
  process.stderr.write('run-tests: no test file matches\n');
  process.exit(1);
}
// Privileged tests share one machine's interfaces and limits: one file at a time.
// A test that hangs fails: it never holds up the rest for longer than this.
const reporters = [process.stdout.isTTY ? 'spec' : 'tap', join(root, 'test', 'failures-reporter.mjs')];
const args = [
  '--test',
  '--test-timeout=240000',
  ...reporters.flatMap((reporter) => [`--test-reporter=${reporter}`, '--test-reporter-destination=stdout']),
  ...(privileged ? ['--test-concurrency=1'] : []),
  ...files,
];
process.exit(spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1);
