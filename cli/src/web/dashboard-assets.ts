// The built dashboard in memory: every file it has, as it goes over the wire. Owns: which files those are (the build's manifest), their types
// and encodings. Must not know requests: no path that somebody sent is ever one of the file system. Bounds: MAX_ASSETS, MAX_ASSET_BYTES.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface DashboardAsset {
  readonly type: string;
  readonly bytes: Buffer;
  /** Pressed by the build; absent where that saves nothing. */
  readonly brotli?: Buffer;
  readonly gzip?: Buffer;
  /** Weak: the same whatever the encoding. */
  readonly etag: string;
  /** Its name has a hash of what is in it: it never changes. */
  readonly isImmutable: boolean;
}

const MAX_ASSETS = 256;
const MAX_ASSET_BYTES = 4_000_000;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const BUILT = fileURLToPath(new URL('../../dashboard/dist/', import.meta.url));

interface ManifestEntry {
  readonly file: string;
  readonly css?: readonly string[];
  readonly assets?: readonly string[];
}

/** By path below /dashboard/, the page itself under the empty one; undefined when nothing was built. */
export function readDashboard(folder = BUILT): ReadonlyMap<string, DashboardAsset> | undefined {
  const manifest = readIfThere(`${folder}/manifest.json`);
  const page = readIfThere(`${folder}/index.html`);
  if (manifest === undefined || page === undefined) return undefined;
  const entries: ManifestEntry[] = Object.values(JSON.parse(manifest.toString('utf8')));
  const paths = new Set(entries.flatMap(({ file, css = [], assets = [] }) => [file, ...css, ...assets]));
  const assets = new Map([['', assetOf(folder, 'index.html', page, false)]]);
  for (const path of [...paths].slice(0, MAX_ASSETS)) {
    const bytes = readIfThere(`${folder}/${path}`);
    // A build is under way: the next request finds it whole.
    if (bytes === undefined) return undefined;
    if (bytes.length <= MAX_ASSET_BYTES) assets.set(path, assetOf(folder, path, bytes, true));
  }
  return assets;
}

function assetOf(folder: string, path: string, bytes: Buffer, isImmutable: boolean): DashboardAsset {
  const brotli = readIfThere(`${folder}/${path}.br`);
  const gzip = readIfThere(`${folder}/${path}.gz`);
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    bytes,
    ...(brotli !== undefined && brotli.length < bytes.length && { brotli }),
    ...(gzip !== undefined && gzip.length < bytes.length && { gzip }),
    etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    isImmutable,
  };
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
