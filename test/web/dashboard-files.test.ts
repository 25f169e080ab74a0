import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { readDashboard } from '@kaipo/cli/web/dashboard-assets.js';
import { addDashboardRoutes } from '@kaipo/cli/web/routes/dashboard-routes.js';
import Fastify, { type FastifyInstance } from 'fastify';
import { REPOSITORY } from '../fixtures/pcap-case.js';

const BUILT = join(REPOSITORY, 'cli/dashboard/dist');
/** What all of the page weighs as it goes over the wire. */
const MAX_WIRE_BYTES = 250_000;

async function withApp(check: (app: FastifyInstance) => Promise<void>, read?: typeof readDashboard): Promise<void> {
  const app = Fastify();
  addDashboardRoutes(app, read);
  try {
    await check(app);
  } finally {
    await app.close();
  }
}

describe('the built dashboard', () => {
  const assets = readDashboard();
  assert.ok(assets !== undefined, 'npm run build makes it');

  it('has every file of the build that is not about the build', () => {
    const files = readdirSync(BUILT, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(BUILT, join(entry.parentPath, entry.name)))
      .filter((path) => !/\.(br|gz)$|^(built|manifest)\.json$|^index\.html$/.test(path));
    assert.deepEqual([...assets.keys()].sort(), ['', ...files].sort());
  });

  it('is small, and pressed into what it was', () => {
    let wireBytes = 0;
    for (const [path, { bytes, brotli, gzip }] of assets) {
      wireBytes += (brotli ?? bytes).length;
      if (brotli !== undefined) assert.deepEqual(brotliDecompressSync(brotli), bytes, path);
      if (gzip !== undefined) assert.deepEqual(gunzipSync(gzip), bytes, path);
    }
    assert.ok(wireBytes < MAX_WIRE_BYTES, `${wireBytes} bytes`);
  });

  it('asks for nothing elsewhere, and has neither script nor style of its own in the page', () => {
    const page = assets.get('')!.bytes.toString();
    assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/i);
    for (const [, address] of page.matchAll(/\b(?:src|href)="([^"]*)"/g)) assert.match(address!, /^\.\/assets\//);
    for (const [path, { bytes }] of assets) {
      // Name spaces are names, not places.
      const places = [...bytes.toString().matchAll(/https?:\/\/[\w.-]+/g)].map(([place]) => place);
      assert.deepEqual(
        places.filter((place) => !/^http:\/\/www\.w3\.org|^https:\/\/svelte\.dev/.test(place)),
        [],
        path,
      );
    }
  });
});

describe('/dashboard/', () => {
  it('is where / and /dashboard lead', () =>
    withApp(async (app) => {
      for (const url of ['/', '/dashboard']) {
        const { statusCode, headers } = await app.inject(url);
        assert.equal(statusCode, 302);
        assert.equal(new URL(headers.location!, `http://localhost${url}`).pathname, '/dashboard/');
      }
    }));

  it('is pressed as the browser likes it', () =>
    withApp(async (app) => {
      const encodingOf = async (accepted: string): Promise<unknown> => {
        const answer = await app.inject({ url: '/dashboard/', headers: { 'accept-encoding': accepted } });
        const bytes = answer.rawPayload;
        const encoding = answer.headers['content-encoding'];
        const page = encoding === 'br' ? brotliDecompressSync(bytes) : encoding === 'gzip' ? gunzipSync(bytes) : bytes;
        assert.match(page.toString(), /^<!doctype html>/);
        assert.equal(Number(answer.headers['content-length']), bytes.length);
        return encoding;
      };
      assert.equal(await encodingOf('gzip, deflate, br, zstd'), 'br');
      assert.equal(await encodingOf('br;q=0, GZIP;q=0.5'), 'gzip');
      assert.equal(await encodingOf('gzip;q=0.0'), undefined);
      assert.equal(await encodingOf('abr, *'), undefined);
    }));

  it('is asked for again, what belongs to it never', () =>
    withApp(async (app) => {
      const page = await app.inject('/dashboard/');
      assert.equal(page.headers['cache-control'], 'no-cache');
      assert.match(String(page.headers['content-security-policy']), /script-src 'self';/);
      const again = await app.inject({ url: '/dashboard/', headers: { 'if-none-match': String(page.headers.etag) } });
      assert.deepEqual([again.statusCode, again.body], [304, '']);
      const script = /src="\.\/(assets\/[^"]+)"/.exec(page.body)![1]!;
      const answer = await app.inject(`/dashboard/${script}`);
      assert.equal(answer.headers['content-type'], 'text/javascript; charset=utf-8');
      assert.match(String(answer.headers['cache-control']), /immutable/);
      const head = await app.inject({ method: 'HEAD', url: `/dashboard/${script}` });
      assert.deepEqual([head.statusCode, head.body], [200, '']);
    }));

  it('gives no other file, however it is asked for', () =>
    withApp(async (app) => {
      for (const path of [
        ...['../package.json', '..%2fpackage.json', '%2e%2e/%2e%2e/package.json', '....//package.json'],
        ...['manifest.json', 'built.json', 'index.html.br', 'assets/', 'assets/../index.html', '/etc/passwd'],
        ...['%00', 'assets%5c..%5cindex.html', '__proto__', 'constructor'],
      ]) {
        const { statusCode } = await app.inject(`/dashboard/${path}`);
        assert.equal(statusCode, 404, path);
      }
    }));
});

describe('a dashboard that was not built', () => {
  it('is told with what builds it, and found once it is there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kaipo-dashboard-'));
    return withApp(
      async (app) => {
        const missing = await app.inject('/dashboard/');
        assert.equal(missing.statusCode, 503);
        mkdirSync(join(folder, 'assets'));
        writeFileSync(join(folder, 'assets/a-1.js'), '1');
        writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ 'index.html': { file: 'assets/a-1.js' } }));
        assert.equal((await app.inject('/dashboard/')).statusCode, 503);
        writeFileSync(join(folder, 'index.html'), '<!doctype html>');
        assert.equal((await app.inject('/dashboard/')).body, '<!doctype html>');
        assert.equal((await app.inject('/dashboard/assets/a-1.js')).body, '1');
      },
      () => readDashboard(folder),
    ).finally(() => rmSync(folder, { recursive: true }));
  });

  it('is built again only when something of it changed', async () => {
    const { makeDashboard } = (await import(join(REPOSITORY, '.ci/dashboard.mjs'))) as {
      makeDashboard(): Promise<boolean>;
    };
    const builtMs = statSync(join(BUILT, 'built.json')).mtimeMs;
    assert.equal(await makeDashboard(), false);
    assert.equal(statSync(join(BUILT, 'built.json')).mtimeMs, builtMs);
  });
});
