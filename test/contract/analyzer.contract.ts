// What every analyzer must pass, whatever it recognises: `describeAnalyzerContract(plugin)` in a test file is enough.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { MAX_TEXT } from '@kaipo/core/kernel/limits.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { type BenchPacket, PluginBench } from '../unit/plugins/plugin-bench.js';

export interface AnalyzerContractOptions {
  readonly config?: unknown;
  /** Payloads the analyzer knows: the suite damages them. Without any, only random bytes are tried. */
  readonly samples?: readonly Uint8Array[];
  /** Ports the samples are sent to. */
  readonly ports?: readonly number[];
}

/** No packet may become more events than this. */
const MAX_EVENTS_PER_PACKET = 64;
const PACKETS = 4_000;
const BATCH = 500;

export function describeAnalyzerContract(plugin: KaipoPlugin, options: AnalyzerContractOptions = {}): void {
  const { config, samples = [], ports = [53, 80, 443, 5353] } = options;

  describe(`analyzer contract: ${plugin.name}`, () => {
    it('has a name, a description and a version', () => {
      assert.match(plugin.name, /^[a-z][a-z0-9-]{0,31}$/);
      assert.ok(plugin.description.length > 0 && plugin.description.length <= 120);
      assert.equal(plugin.apiVersion, 1);
    });

    it('registers with its default configuration, which is frozen', () => {
      const parsed = plugin.parseConfig(undefined);
      assert.ok(parsed === undefined || Object.isFrozen(parsed));
      assert.ok(new PluginBench(plugin).analyzers.length > 0);
    });

    it('refuses a configuration that is no table of known keys, naming the key', () => {
      assert.throws(() => plugin.parseConfig({ no_such_key: 1 }), /no_such_key/);
    });

    it('survives random and damaged payloads, of every transport, within its bound of events, and says only safe text', () => {
      const random = generator(20260101);
      const bench = new PluginBench(plugin, config);
      for (let sent = 0; sent < PACKETS; sent += BATCH) {
        bench.events.length = 0;
        const packets = Array.from({ length: BATCH }, () => hostilePacket(random, samples, ports));
        bench.run(...packets);
        assert.ok(
          bench.events.length <= BATCH * MAX_EVENTS_PER_PACKET,
          `${bench.events.length} events of ${BATCH} packets`,
        );
        for (const event of bench.events) assertSafe(event, event.kind);
      }
    });

    it('survives an empty selection, an empty payload and a tick', () => {
      const bench = new PluginBench(plugin, config);
      bench.run();
      bench.run({
        transport: 'udp',
        src: [10, 0, 0, 1],
        srcPort: 1,
        dst: [10, 0, 0, 2],
        dstPort: 53,
        payload: new Uint8Array(0),
      });
      for (const analyzer of bench.analyzers) {
        analyzer.onTick?.(1_700_000_000_000_000, { write: () => {} });
        analyzer.onEvents?.([], { write: () => {} });
      }
    });

    it('keeps nothing of a batch: the same bytes overwritten later change no event', () => {
      const bench = new PluginBench(plugin, config);
      const payload = Uint8Array.from(samples[0] ?? [1, 2, 3]);
      bench.run({
        transport: 'udp',
        src: [10, 0, 0, 1],
        srcPort: 40_000,
        dst: [10, 0, 0, 2],
        dstPort: ports[0]!,
        payload,
      });
      const before = JSON.stringify(bench.events);
      payload.fill(0xff);
      assert.equal(JSON.stringify(bench.events), before);
    });
  });
}

/** Every string of an event is what safeText leaves of it, and short. */
function assertSafe(value: unknown, where: string): void {
  if (typeof value === 'string') {
    assert.equal(safeText(value, Number.MAX_SAFE_INTEGER), value, `${where} holds unsafe text`);
    assert.ok(value.length <= MAX_TEXT, `${where} is ${value.length} characters long`);
    assert.ok(value.length > 0, `${where} is empty`);
  } else if (typeof value === 'number') assert.ok(Number.isFinite(value), `${where} is ${value}`);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) assertSafe(part, `${where}.${key}`);
  }
}

type Random = () => number;

/** mulberry32: the same packets in every run. */
export function generator(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function hostilePacket(random: Random, samples: readonly Uint8Array[], ports: readonly number[]): BenchPacket {
  const whole = (limit: number): number => Math.floor(random() * limit);
  const port = (): number => (random() < 0.7 ? ports[whole(ports.length)]! : whole(65_536));
  const address = (length: number): number[] => Array.from({ length }, () => whole(256));
  const length = random() < 0.7 ? 4 : 16;
  const transport = (['tcp', 'udp', 'udp', 'icmp'] as const)[whole(4)]!;
  const sample = samples[whole(samples.length)];
  const payload =
    sample === undefined || random() < 0.3 ? Uint8Array.from(address(whole(600))) : damaged(sample, whole);
  return {
    transport,
    src: address(length),
    srcPort: transport === 'icmp' ? 0 : whole(65_536),
    dst: address(length),
    dstPort: transport === 'icmp' ? 0 : port(),
    payload,
  };
}

function damaged(sample: Uint8Array, whole: (limit: number) => number): Uint8Array {
  const bytes = Uint8Array.from(sample);
  for (let i = whole(6); i > 0; i--) bytes[whole(bytes.length)] = whole(256);
  return whole(3) === 0 ? bytes.subarray(0, whole(bytes.length + 1)) : bytes;
}
