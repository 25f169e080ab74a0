// What a plugin of protocols must pass whatever is sent to it, with the real engine: `describeProtocolContract(plugin)` is enough.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { MAX_TEXT } from '@kaipo/core/kernel/limits.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { seededRandom } from '../fixtures/seeded-random.js';
import { ProtocolBench, type Said } from '../unit/plugins/protocol-bench.js';

export interface ProtocolContractOptions {
  readonly config?: unknown;
  /** Payloads the plugin knows: the suite damages them. Without any, only random bytes are tried. */
  readonly samples?: readonly Uint8Array[];
  readonly ports?: readonly number[];
}

const MAX_EVENTS_PER_PACKET = 64;
const PACKETS = 4_000;
const BATCH = 500;

export function describeProtocolContract(plugin: KaipoPlugin, options: ProtocolContractOptions = {}): void {
  const { config, samples = [], ports = [53, 80, 443] } = options;

  describe(`protocol contract: ${plugin.name}`, () => {
    it('has a name, a description and a version, and a default configuration that is frozen', () => {
      assert.match(plugin.name, /^[a-z][a-z0-9-]{0,31}$/);
      assert.ok(plugin.description.length > 0 && plugin.description.length <= 120);
      assert.equal(plugin.apiVersion, 1);
      const parsed = plugin.parseConfig(undefined);
      assert.ok(parsed === undefined || Object.isFrozen(parsed));
    });

    it('refuses a configuration that is no table of known keys, naming the key', () => {
      assert.throws(() => plugin.parseConfig({ no_such_key: 1 }), /no_such_key/);
    });

    it('survives random and damaged payloads over UDP and TCP, within its bound of events, and says only safe text', () => {
      const random = seededRandom(20260101);
      const bench = new ProtocolBench(plugin, config);
      for (let sent = 0; sent < PACKETS; sent += BATCH) {
        bench.events.length = 0;
        bench.run(...Array.from({ length: BATCH }, () => hostile(random, samples, ports)));
        assert.ok(
          bench.events.length <= BATCH * MAX_EVENTS_PER_PACKET,
          `${bench.events.length} events of ${BATCH} packets`,
        );
        for (const event of bench.events) assertSafe(event, event.kind);
      }
      for (const flow of bench.finish()) assertSafe(flow, 'flow');
      assert.deepEqual(bench.faults, []);
    });
  });
}

/** Every string is what safeText leaves of it, short, and not empty. */
function assertSafe(value: unknown, where: string): void {
  if (typeof value === 'string') {
    assert.equal(safeText(value, Number.MAX_SAFE_INTEGER), value, `${where} holds unsafe text`);
    assert.ok(value.length > 0 && value.length <= MAX_TEXT, `${where} is ${value.length} characters long`);
  } else if (typeof value === 'number') assert.ok(Number.isFinite(value), `${where} is ${value}`);
  else if (typeof value === 'object' && value !== null)
    for (const [key, part] of Object.entries(value)) assertSafe(part, `${where}.${key}`);
}

type Random = () => number;

function hostile(random: Random, samples: readonly Uint8Array[], ports: readonly number[]): Said {
  const whole = (limit: number): number => Math.floor(random() * limit);
  const isV6 = random() < 0.3;
  const ip = (): string =>
    isV6 ? `2001:db8::${(1 + whole(0xfffe)).toString(16)}` : `10.0.${whole(256)}.${1 + whole(254)}`;
  const sample = samples[whole(samples.length)];
  const from = { ip: ip(), port: 1 + whole(65_535) };
  const to = { ip: ip(), port: random() < 0.7 ? ports[whole(ports.length)]! : 1 + whole(65_535) };
  return {
    transport: random() < 0.5 ? 'udp' : 'tcp',
    ...(random() < 0.5 ? { from, to } : { from: to, to: from }),
    payload:
      sample === undefined || random() < 0.3
        ? Uint8Array.from({ length: 1 + whole(600) }, () => whole(256))
        : damaged(sample, whole),
    ...(random() < 0.1 ? { snaplen: 60 + whole(200) } : {}),
  };
}

function damaged(sample: Uint8Array, whole: (limit: number) => number): Uint8Array {
  const bytes = Uint8Array.from(sample);
  for (let i = whole(6); i > 0; i--) bytes[whole(bytes.length)] = whole(256);
  return whole(3) === 0 ? bytes.subarray(0, 1 + whole(bytes.length)) : bytes;
}
