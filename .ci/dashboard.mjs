// Makes cli/dashboard/dist, the web dashboard: vite builds it, then every file is pressed once, so that the server never has to.
// Nothing is done while what is there is newer than all it is made of: looking takes a few milliseconds.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const DASHBOARD = join(root, 'cli', 'dashboard');
const DIST = join(DASHBOARD, 'dist');
/** Written last: it is there when the build is whole. */
const STAMP = join(DIST, 'built.json');
const MADE_OF = [
  join(DASHBOARD, 'src'),
  join(DASHBOARD, 'index.html'),
  join(DASHBOARD, 'vite.config.mjs'),
  join(root, 'package-lock.json'),
  fileURLToPath(import.meta.url),
  // What the pages share with the command line.
  join(root, 'core', 'src', 'kernel'),
  join(root, 'core', 'src', 'query'),
  join(root, 'cli', 'src', 'history'),
];
/** Below, pressing saves less than a packet. */
const MIN_BYTES = 512;

/** The latest change below a path; that of a folder says when a file in it went away. */
function changedMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => changedMs(join(path, name))));
}

const isNew = () => existsSync(STAMP) && statSync(STAMP).mtimeMs > Math.max(...MADE_OF.map(changedMs));

function press(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) press(path);
    else if (/\.(html|js|css|svg)$/.test(entry.name)) {
      const bytes = readFileSync(path);
      if (bytes.length < MIN_BYTES) continue;
      const brotli = brotliCompressSync(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      });
      writeFileSync(`${path}.br`, brotli);
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  }
}

/** @returns whether something was built */
export async function makeDashboard() {
  if (isNew()) return false;
  let vite;
  try {
    vite = await import('vite');
    await import('svelte/compiler');
  } catch {
    process.stderr.write(
      'kaipo: the web dashboard was not built: its tools are not installed; npm ci, then npm run build\n',
    );
    return false;
  }
  const { default: config } = await import('../cli/dashboard/vite.config.mjs');
  await vite.build(config);
  press(DIST);
  writeFileSync(STAMP, `${JSON.stringify({ builtMs: Date.now() })}\n`);
  return true;
}
