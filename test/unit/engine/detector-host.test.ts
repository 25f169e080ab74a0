// Detectors in an engine: what they are told by one thread and by two, and what the engine is kept from.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type AlertRaised,
  type Detector,
  type DetectorSpec,
  definePlugin,
  type EventWriter,
  type FlowSteps,
  type KaipoPlugin,
  STEP_ANSWERED,
  STEP_BEGAN,
  STEP_MANY,
  STEP_WENT_ON,
} from '@kaipo/core/api/index.js';
import { EventBus } from '@kaipo/core/bus/event-bus.js';
import { DetectorHost } from '@kaipo/core/engine/detector-host.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { MAX_STRIKES, Strikes } from '@kaipo/core/engine/strikes.js';
import { findings, ping, sent, synProbe, talk, type Way } from '../../fixtures/detector-traffic.js';

const NAMES = { [STEP_BEGAN]: 'began', [STEP_ANSWERED]: 'answered', [STEP_WENT_ON]: 'went on', [STEP_MANY]: 'many' };

const spec = (create: () => Detector, about: Partial<DetectorSpec> = {}): DetectorSpec => ({
  rule: 'test',
  title: 'a test',
  meaning: 'none',
  falsePositives: 'none',
  severity: 'info',
  settings: [],
  quietUs: 1e6,
  create,
  ...about,
});

const plugin = (detector: DetectorSpec): KaipoPlugin =>
  definePlugin({
    name: detector.rule,
    apiVersion: 1,
    description: 'a test',
    parseConfig: () => undefined,
    register: (registry) => registry.detector(detector),
  });

const finding = (tsUs: number, summary: string, rule = 'test'): AlertRaised => ({
  kind: 'alert.raised',
  tsUs,
  rule,
  severity: 'info',
  subject: 'x',
  summary,
  evidence: {},
});

/** Says each step it is told. */
const teller = (): Detector => ({
  wants: [],
  onFlowSteps(steps: FlowSteps, out: EventWriter) {
    for (let row = 0; row < steps.length; row++) {
      const step = NAMES[steps.step[row] as keyof typeof NAMES];
      const ends = `${steps.clientIp(row)}:${steps.clientPort[row]} ${steps.serverIp(row)}:${steps.serverPort[row]}`;
      out.write(finding(steps.tsUs[row]!, `${step} ${ends} ${steps.tcpFlags[row]} ${steps.icmpType[row]}`));
    }
  },
});

const CLIENT = { ip: '10.0.0.1', port: 40_000 };
const SERVER = { ip: '10.0.0.2', port: 443 };

const runHost = (detector: Detector, about: Partial<DetectorSpec> = {}) => {
  const bus = new EventBus();
  const faults: string[] = [];
  const found: AlertRaised[] = [];
  bus.subscribe({
    name: 'test',
    wants: ['alert.raised'],
    capacity: 8,
    whenFull: 'flush',
    deliver: (events) => void found.push(...(events as AlertRaised[])),
  });
  const { flows } = new Engine({ plugins: [], maxFlows: 16 });
  const host = new DetectorHost([spec(() => detector, about)], bus, new Strikes((text) => faults.push(text)), {
    columns: flows.columns,
    interfaceName: () => undefined,
  });
  return { host, bus, faults, found };
};

describe('a detector', () => {
  for (const way of ['inline', 'piped'] as const satisfies readonly Way[])
    it(`is told of the steps of flows, ${way}`, async () => {
      const packets = [
        ...sent(talk(CLIENT, SERVER)),
        ...sent(synProbe({ from: '10.0.0.9', to: '10.0.0.2', port: 81 }, true), 1),
        ...sent(
          Array.from({ length: 1100 }, () => ping('10.0.0.1', '10.0.0.3')),
          2,
        ),
      ];
      const found = await findings(packets, [plugin(spec(teller))], { way });
      assert.deepEqual(
        found.map(({ summary }) => summary),
        [
          'began 10.0.0.1:40000 10.0.0.2:443 2 0',
          'answered 10.0.0.1:40000 10.0.0.2:443 18 0',
          'went on 10.0.0.1:40000 10.0.0.2:443 16 0',
          'began 10.0.0.9:40000 10.0.0.2:81 2 0',
          'answered 10.0.0.9:40000 10.0.0.2:81 20 0',
          'began 10.0.0.1:0 10.0.0.3:0 0 8',
          'many 10.0.0.1:0 10.0.0.3:0 0 8',
        ],
      );
    });

  it('is called about once a second of packet time, and once more when the input is over', async () => {
    const ticks: number[] = [];
    const detector: Detector = { wants: [], onTick: (nowUs) => void ticks.push(nowUs) };
    await findings(
      sent(
        Array.from({ length: 3 }, () => ping('10.0.0.1', '10.0.0.3')),
        0,
        5,
      ),
      [plugin(spec(() => detector))],
    );
    assert.equal(ticks.length, 2);
    assert.equal(ticks[1]! - ticks[0]!, 2e6);
  });

  it('says nothing while it learns, goes on after a restart, and is told intervals', () => {
    const detector: Detector = {
      wants: [],
      onTick: (nowUs, out) => out.write(finding(nowUs, 'found')),
      save: () => ({ seen: 3 }),
    };
    const { host, bus, found } = runHost(detector, { learnsUs: 60e6 });
    host.tick(1e6);
    host.tick(60e6);
    bus.flush();
    assert.deepEqual([found.length, host.heldBack], [0, 2]);
    const saved = JSON.parse(JSON.stringify(host.save()));
    assert.deepEqual(saved, { test: { sinceUs: 1e6, state: { seen: 3 } } });
    const restored: unknown[] = [];
    const later = runHost({ ...detector, restore: (state) => void restored.push(state) }, { learnsUs: 60e6 });
    later.host.restore(saved);
    later.host.tick(62e6);
    later.bus.flush();
    assert.deepEqual([restored, later.found.length], [[{ seen: 3 }], 1]);
  });

  it('that fails is stopped after some strikes, and that is said once', () => {
    let calls = 0;
    const { host, faults } = runHost({
      wants: [],
      onTick() {
        calls += 1;
        throw new Error('broken');
      },
    });
    for (let second = 1; second < 9; second++) host.tick(second * 1e6);
    assert.equal(calls, MAX_STRIKES);
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /"test" failed .* broken/);
  });

  it('that cannot be made, or writes what is not its own, is stopped as well', () => {
    const bus = new EventBus();
    const faults: string[] = [];
    const { flows } = new Engine({ plugins: [], maxFlows: 16 });
    const surroundings = { columns: flows.columns, interfaceName: () => undefined };
    const strikes = new Strikes((text) => faults.push(text));
    const broken = spec(() => {
      throw new Error('no');
    });
    new DetectorHost([broken], bus, strikes, surroundings).tick(1e6);
    assert.equal(faults.length, 1);
    const {
      host,
      found,
      faults: others,
    } = runHost({
      wants: [],
      onTick: (nowUs, out) => out.write(finding(nowUs, 'x', 'other')),
    });
    for (let second = 1; second < 9; second++) host.tick(second * 1e6);
    assert.deepEqual([found.length, others.length], [0, 1]);
  });
});
