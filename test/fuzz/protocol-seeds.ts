// Payloads to begin from: what the talks say, and of captures in KAIPO_FUZZ_CAPTURES what protocols have matched.
// Bound: MAX_SEEDS a protocol.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineProtocol, MATCH, type ProtocolSpec } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { readTalk, talkFiles } from '../fixtures/talk-files.js';

const MAX_SEEDS = 300;
const MAX_SEED_BYTES = 4096;

export function protocolSeeds(specs: readonly ProtocolSpec[], captures?: string): Map<string, Uint8Array[]> {
  const seeds = new Map<string, Uint8Array[]>(specs.map(({ name }) => [name, []]));
  const add = (name: string, bytes: Uint8Array): void => {
    const list = seeds.get(name);
    if (list !== undefined && list.length < MAX_SEEDS && bytes.length > 0) list.push(bytes.slice(0, MAX_SEED_BYTES));
  };
  for (const file of talkFiles()) {
    const talk = readTalk(file);
    const protocol = talk.expected.find(([field]) => field === 'protocol')?.[1];
    // Also what its folder has to say of names that are given later (http: websocket).
    for (const name of new Set([String(protocol), file.folder])) for (const { bytes } of talk.turns) add(name, bytes);
  }
  if (captures !== undefined) addFromCaptures(specs, captures, add);
  return seeds;
}

function addFromCaptures(
  specs: readonly ProtocolSpec[],
  folder: string,
  add: (name: string, bytes: Uint8Array) => void,
): void {
  const listening = specs.map(
    (spec): ProtocolSpec => ({
      ...spec,
      probe(p) {
        const verdict = spec.probe(p);
        if (verdict === MATCH) add(spec.name, p.bytes.slice(p.start, p.end));
        return verdict;
      },
      ...(spec.open === undefined
        ? {}
        : {
            open(flow) {
              const reader = spec.open!(flow);
              return {
                read(bytes, start, end, fromClient) {
                  add(spec.name, bytes.slice(start, end));
                  return reader.read(bytes, start, end, fromClient);
                },
                gap: (fromClient, missing) => reader.gap?.(fromClient, missing) ?? false,
                end: () => reader.end?.(),
              };
            },
          }),
    }),
  );
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.p?cap(ng)?$/.test(path)) continue;
    const engine = new Engine({
      plugins: [
        {
          ...defineProtocol('all', listening[0]!),
          register: (registry) => {
            for (const one of listening) registry.protocol(one);
          },
        },
      ],
      maxFlows: 16_384,
    });
    const reader = new CaptureReader((batch) => engine.process(batch));
    reader.push(readFileSync(join(folder, path)));
    reader.end();
    engine.finish();
  }
}
