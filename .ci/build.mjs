// Builds everything kaipo needs to run: the TypeScript projects, the table of card makers, the bundle that starts
// quickly, the web dashboard, then the native capture helper where a C compiler is.
// A missing compiler is not an error: kaipo then works on the portable helper or on counters, and `kaipo doctor` says so.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeBundle } from './bundle.mjs';
import { makeDashboard } from './dashboard.mjs';
import { makeMacVendors } from './make-mac-vendors.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (run(process.execPath, [tsc, '-b']) !== 0) process.exit(1);
makeMacVendors();
await makeBundle();
await makeDashboard();

if (process.platform === 'linux') {
  const native = spawnSync('sh', [join(root, 'capture-helper', 'native', 'build.sh')], { cwd: root, encoding: 'utf8' });
  if (native.status !== 0) {
    const why = native.error?.message ?? native.stderr.trim().split('\n').slice(0, 5).join('\n');
    process.stderr.write(`kaipo: the native capture helper was not built: ${why}\n`);
    process.stderr.write('kaipo: live capture needs it: apt install gcc libc6-dev, then npm run build\n');
  }
}
