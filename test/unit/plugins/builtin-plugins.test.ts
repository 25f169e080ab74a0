import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { helloPlugin } from '@kaipo/plugins/_template/index.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { parse } from 'smol-toml';
import { CLIENT_END, ProtocolBench, SERVER_END } from './protocol-bench.js';

const source = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', 'plugins', 'src');
/** What a README must tell; the first as it fits. */
const SECTIONS = [/^## What it (?:recognises|raises|names|does)/m, /^## Configuration/m, /^## Cost/m, /^## Limits/m];

/** Folders of plugins: those of protocols, the applications, the template. */
function pluginFolders(): string[] {
  const protocols = join(source, 'protocols');
  return [
    ...readdirSync(protocols).map((name) => join(protocols, name)),
    join(source, 'applications'),
    join(source, '_template'),
  ];
}

test('every built-in plugin has a name of its own', () => {
  const names = builtinPlugins.map((plugin) => plugin.name);
  assert.equal(new Set(names).size, names.length);
});

for (const folder of pluginFolders()) {
  test(`${relative(source, folder)} is complete`, () => {
    for (const part of ['index.ts', 'README.md', 'sample.toml', 'testdata'])
      assert.ok(existsSync(join(folder, part)), `${folder}/${part}`);
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const section of SECTIONS) assert.match(readme, section, `${folder}/README.md`);
  });
}

test('every folder is in a list, and every plugin in a folder', () => {
  const samples = pluginFolders().flatMap((folder) => Object.keys(sampleOf(folder)));
  const plugins = [...builtinPlugins, helloPlugin].map(({ name }) => name);
  assert.deepEqual([...new Set(samples)].sort(), plugins.sort());
});

test('every sample.toml is accepted by its plugin', () => {
  for (const folder of pluginFolders()) {
    for (const [name, table] of Object.entries(sampleOf(folder))) {
      const plugin = [...builtinPlugins, helloPlugin].find((one) => one.name === name);
      assert.ok(plugin !== undefined, `${folder}/sample.toml names "${name}"`);
      plugin.parseConfig(table);
    }
  }
});

function sampleOf(folder: string): Record<string, unknown> {
  const sample = parse(readFileSync(join(folder, 'sample.toml'), 'utf8')) as { plugins?: Record<string, unknown> };
  return sample.plugins ?? {};
}

test('the template is a working plugin', () => {
  const bench = new ProtocolBench(helloPlugin);
  bench.connect(CLIENT_END, { ...SERVER_END, port: 7777 });
  const said = { transport: 'tcp', from: CLIENT_END, to: { ...SERVER_END, port: 7777 } } as const;
  bench.run({ ...said, payload: Buffer.from('HELLO world\n') });
  const [flow] = bench.finish();
  assert.deepEqual([flow?.protocol, flow?.protocolFrom], ['hello', 'payload']);
});
