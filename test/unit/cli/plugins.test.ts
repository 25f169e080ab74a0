// `kaipo plugins list` and `show`, and [plugins.NAME] of the configuration, through the real program.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { PCAPS } from '../../fixtures/pcap-case.js';
import { runKaipo } from '../../fixtures/run-kaipo.js';

const folder = mkdtempSync(join(tmpdir(), 'kaipo-plugins-'));
after(() => rmSync(folder, { recursive: true }));

function config(text: string): string {
  const path = join(folder, `${text.length}-${Buffer.from(text).toString('hex').slice(0, 24)}.toml`);
  writeFileSync(path, text);
  return path;
}

describe('kaipo plugins', () => {
  it('list: every plugin with what it recognises, in four forms', async () => {
    const table = await runKaipo(['plugins', 'list']);
    assert.equal(table.exitCode, 0);
    assert.match(table.stdout, /^ {2}redis +on +tcp +6379 /m);
    assert.match(table.stdout, /\d+ plugins, \d+ names of protocols/);
    const json = JSON.parse((await runKaipo(['plugins', 'list', '--json'])).stdout);
    assert.equal(json.schema, 'kaipo.plugins/1');
    assert.ok(json.plugins.length > 150);
    const lines = (await runKaipo(['plugins', 'list', '--format', 'ndjson'])).stdout.trim().split('\n');
    assert.equal(lines.length, json.plugins.length);
    const csv = (await runKaipo(['plugins', 'list', '--format', 'csv'])).stdout.trim().split('\n');
    assert.equal(csv.length, json.plugins.length + 1);
  });

  it('show: what one recognises, what a question costs, what can be set', async () => {
    const { stdout, exitCode } = await runKaipo(['plugins', 'show', 'redis']);
    assert.equal(exitCode, 0);
    assert.match(stdout, /redis +tcp +6379 .* ns/);
    assert.match(stdout, /enabled +true/);
    const json = JSON.parse((await runKaipo(['plugins', 'show', 'mdns', '--json'])).stdout);
    assert.equal(json.name, 'dns', 'a protocol leads to its plugin');
  });

  it('show of nothing: 64 and the nearest name', async () => {
    const { stderr, exitCode } = await runKaipo(['plugins', 'show', 'rediss']);
    assert.equal(exitCode, 64);
    assert.match(stderr, /did you mean "redis"/);
  });
});

describe('[plugins.NAME]', () => {
  const analyze = (path: string) =>
    runKaipo(['analyze', join(PCAPS, 'dns-udp-tcp', 'input.pcap'), '--format', 'ndjson', '--config', path]);

  it('enabled = false switches one off', async () => {
    const { stdout } = await analyze(config('[plugins.dns]\nenabled = false\n'));
    assert.doesNotMatch(stdout, /"type":"dns"/);
    assert.match(stdout, /"protocol":"dns","protocolFrom":"port"/);
    const list = await runKaipo(['plugins', 'list', '--config', config('[plugins.dns]\nenabled = false\n')]);
    assert.match(list.stdout, /^ {2}dns +off /m);
  });

  it('what no plugin understands is refused: 78, all at once, also by config check', async () => {
    const path = config('[plugins.rediss]\nports = [1]\n[plugins.redis]\nports = ["x"]\n[plugins.dns]\nenabled = 1\n');
    for (const run of [await analyze(path), await runKaipo(['plugins', 'list', '--config', path])]) {
      assert.equal(run.exitCode, 78);
      assert.match(run.stderr, /no plugin "rediss"; did you mean "redis"/);
      assert.match(run.stderr, /redis.*ports must be a list of port numbers/);
      assert.match(run.stderr, /plugins\.dns\.enabled must be true or false/);
    }
    const check = await runKaipo(['config', 'check', path]);
    assert.equal(check.exitCode, 78);
    assert.match(check.stdout, /rediss/);
  });
});
