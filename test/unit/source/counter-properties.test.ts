import assert from 'node:assert/strict';
import test from 'node:test';
import { type CaughtUp, catchUp } from '@kaipo/core/source/catch-up.js';
import { type CounterBaseline, parseBaseline } from '@kaipo/core/source/counter-baseline.js';
import { CounterLedger } from '@kaipo/core/source/counter-ledger.js';
import fc from 'fast-check';
import { pack, unpack } from 'msgpackr';
import { type ModelLink, ModelMachine } from './counter-model.js';

type Act =
  | { do: 'traffic'; at: number; rx: number; tx: number }
  | { do: 'sample'; us: number }
  | { do: 'lie'; at: number; lie: 'high' | 'zero' | 'missing' }
  | { do: 'reset'; at: number; withCarrier: boolean }
  | { do: 'jump' | 'flap' | 'remove' | 'recreate' | 'rename'; at: number }
  | { do: 'add'; is32Bit: boolean; isVirtual: boolean }
  | { do: 'clock'; us: number }
  | { do: 'restart'; us: number; packed: boolean; isKilled: boolean }
  | { do: 'reboot'; us: number };

const at = fc.nat(5);
const bytes = fc.oneof({ weight: 3, arbitrary: fc.nat(100_000) }, { weight: 1, arbitrary: fc.nat(900_000_000) });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('traffic' as const), at, rx: bytes, tx: bytes }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('sample' as const), us: fc.integer({ min: 200_000, max: 6_000_000 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('lie' as const), at, lie: fc.constantFrom('high', 'zero', 'missing') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const), at, withCarrier: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('jump', 'flap', 'remove', 'recreate', 'rename'), at }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('add' as const), is32Bit: fc.boolean(), isVirtual: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clock' as const), us: fc.integer({ min: -4e12, max: 4e12 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('restart' as const),
      us: fc.integer({ min: 1_000_000, max: 9_000_000_000 }),
      packed: fc.boolean(),
      isKilled: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('reboot' as const),
      us: fc.integer({ min: 20_000_000, max: 9_000_000_000 }),
    }),
  },
) as fc.Arbitrary<Act>;

/** A recorder on the model: what it counted, and what it has stored. */
class Recorder {
  readonly machine = new ModelMachine();
  ledger = new CounterLedger();
  counted = 0;
  #stored: CounterBaseline | undefined;

  sample(): void {
    const readings = this.machine.read();
    const deltas = this.ledger.update(this.machine.moment(), readings);
    assert.deepEqual(
      deltas.map((delta) => delta.name),
      readings.map((reading) => reading.name),
    );
    for (const delta of deltas) {
      for (const value of [delta.rxBytes, delta.txBytes, delta.rxPackets, delta.txPackets]) {
        assert.ok(Number.isSafeInteger(value) && value >= 0, `${delta.name}: ${value} (${delta.note})`);
      }
      this.counted += delta.rxBytes + delta.txBytes;
    }
    this.#stored = this.ledger.baseline();
    this.check();
  }

  check(): void {
    assert.ok(this.counted <= this.machine.truth, `${this.counted} counted of ${this.machine.truth}`);
  }

  start(packed: boolean): void {
    const baseline = parseBaseline(packed ? unpack(pack(this.#stored)) : JSON.parse(JSON.stringify(this.#stored)));
    assert.deepEqual(baseline, this.#stored);
    const moment = this.machine.moment();
    const readings = this.machine.read(true);
    const caught = catchUp(baseline, readings, moment);
    checkParts(caught, this.#stored!.wallUs, moment.wallUs);
    this.counted += caught.bytes;
    this.ledger = new CounterLedger(baseline);
    for (const delta of this.ledger.update(moment, readings)) assert.equal(delta.rxBytes + delta.txBytes, 0);
    this.#stored = this.ledger.baseline();
    this.check();
  }

  begin(): void {
    this.ledger.update(this.machine.moment(), this.machine.read());
    this.#stored = this.ledger.baseline();
  }
}

function checkParts(caught: CaughtUp, recordedUs: number, nowUs: number): void {
  let bytes = 0;
  let lastUs = caught.startUs;
  assert.equal(caught.endUs, nowUs);
  assert.ok(caught.parts.length <= 1002);
  for (const part of caught.parts) {
    assert.ok(part.startUs >= lastUs && part.endUs >= part.startUs && part.endUs <= nowUs);
    // Nothing that is recorded already is touched, unless the clock says that now is before it.
    assert.ok(part.startUs >= Math.min(recordedUs, nowUs));
    lastUs = part.endUs;
    for (const row of part.interfaces) {
      for (const value of [row.rxBytes, row.txBytes, row.rxPackets, row.txPackets]) {
        assert.ok(Number.isSafeInteger(value) && value >= 0);
      }
      bytes += row.rxBytes + row.txBytes;
    }
  }
  assert.equal(bytes, caught.bytes);
}

function carryOut(recorder: Recorder, one: Act): void {
  const { machine } = recorder;
  const link = 'at' in one ? machine.links[one.at % Math.max(1, machine.links.length)] : undefined;
  switch (one.do) {
    case 'sample':
      machine.pass(one.us);
      recorder.sample();
      return;
    case 'add':
      machine.add(one.is32Bit, one.isVirtual ? 'virtual' : 'physical', 0);
      return;
    case 'clock':
      machine.wallUs += one.us;
      return;
    case 'restart':
      if (!one.isKilled) recorder.sample();
      machine.pass(one.us);
      recorder.start(one.packed);
      return;
    case 'reboot':
      machine.reboot(one.us);
      recorder.start(false);
      return;
  }
  if (link !== undefined) touch(machine, link, one);
}

function touch(machine: ModelMachine, link: ModelLink, one: Extract<Act, { at: number }>): void {
  if (one.do === 'traffic') machine.traffic(link, one.rx, one.tx);
  else if (one.do === 'lie') machine.lieNext(link, one.lie);
  else if (one.do === 'reset') machine.reset(link, one.withCarrier);
  else if (one.do === 'jump') machine.jump(link);
  else if (one.do === 'flap') link.carrierChanges += 2;
  else if (one.do === 'remove') machine.remove(link);
  else if (one.do === 'recreate') machine.recreate(link);
  else link.name = `${link.name}r`;
}

const runs = Number(process.env['KAIPO_PROPERTY_RUNS'] ?? 1500);

test('whatever counters do: never more than the truth, and all of it wherever it can be known', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 5, maxLength: 80 }), fc.nat(2 ** 33), (acts, before) => {
      const recorder = new Recorder();
      recorder.machine.add(false, 'physical', before);
      recorder.machine.add(true, 'physical', before);
      recorder.machine.add(false, 'virtual', 0);
      recorder.begin();
      for (const one of acts) carryOut(recorder, one);
      // Readings that are still in doubt are decided by the next ones.
      for (let i = 0; i < 4; i++) carryOut(recorder, { do: 'sample', us: 1_000_000 });
      const { truth, lost } = recorder.machine;
      assert.ok(recorder.counted >= truth - lost, `${recorder.counted} counted of ${truth}, ${lost} cannot be known`);
    }),
    { numRuns: runs },
  );
});
