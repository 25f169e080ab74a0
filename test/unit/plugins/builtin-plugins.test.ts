import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { helloPlugin } from '@kaipo/plugins/_template/index.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { parse } from 'smol-toml';
import { CLIENT_END, ProtocolBench, SERVER_END } from './protocol-bench.js';

const source = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', 'plugins', 'src');
const SECTIONS = ['## What it raises', '## Configuration', '## Cost', '## Limits'];

function pluginFolders(): string[] {
  const groups = readdirSync(source, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== '_template',
  );
  const folders = groups.flatMap((group) =>
    readdirSync(join(source, group.name)).map((name) => join(source, group.name, name)),
  );
  return [...folders, join(source, '_template')];
}

test('every built-in plugin has a name of its own and its folder is complete', () => {
  const names = builtinPlugins.map((plugin) => plugin.name);
  assert.equal(new Set(names).size, names.length);
  const folders = pluginFolders();
  assert.equal(folders.length - 1, builtinPlugins.length, 'a folder is missing from all.ts, or the other way');
  for (const folder of folders) {
    for (const part of ['index.ts', 'README.md', 'sample.toml', 'testdata'])
      assert.ok(existsSync(join(folder, part)), `${folder}/${part}`);
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const section of SECTIONS) assert.ok(readme.includes(section), `${folder}/README.md has no "${section}"`);
  }
});

test('every sample.toml is accepted by its plugin', () => {
  for (const plugin of [...builtinPlugins, helloPlugin]) {
    const folder = plugin === helloPlugin ? '_template' : join('protocols', plugin.name);
    const sample = parse(readFileSync(join(source, folder, 'sample.toml'), 'utf8')) as {
      plugins?: Record<string, unknown>;
    };
    plugin.parseConfig(sample.plugins?.[plugin.name]);
  }
});

test('the template is a working plugin', () => {
  const bench = new ProtocolBench(helloPlugin);
  bench.connect(CLIENT_END, { ...SERVER_END, port: 7777 });
  const said = { transport: 'tcp', from: CLIENT_END, to: { ...SERVER_END, port: 7777 } } as const;
  bench.run({ ...said, payload: Buffer.from('HELLO world\n') });
  const [flow] = bench.finish();
  assert.deepEqual([flow?.protocol, flow?.protocolFrom], ['hello', 'payload']);
});
