// The life of an alert: one incident for many findings, told when it should be, over when it is, and never lost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MAX_DIGEST } from '@kaipo/core/alerts/digest-list.js';
import { MAX_OPEN_OF_RULE } from '@kaipo/core/alerts/open-incidents.js';
import type { AlertRaised, Severity } from '@kaipo/core/api/events.js';
import fc from 'fast-check';
import { DeskForTest, finding, HOUR_US, MINUTE_US, NOON_US, reasons } from './desk-fixtures.js';

test('many findings of one thing are one incident: opened, updated when graver, resolved when quiet', () => {
  const place = new DeskForTest({}, { quietUsOf: () => 5 * MINUTE_US });
  assert.deepEqual(reasons(place.take(NOON_US, finding(NOON_US), finding(NOON_US))), ['opened']);
  assert.deepEqual(place.take(NOON_US + 1e6, finding(NOON_US + 1e6, { summary: 'still' })), []);
  assert.deepEqual(reasons(place.take(NOON_US + 2e6, finding(NOON_US + 2e6, { severity: 'critical' }))), ['updated']);
  assert.deepEqual(place.take(NOON_US + 3e6, finding(NOON_US + 3e6, { severity: 'info' })), []);
  assert.deepEqual(place.take(NOON_US + 3e6 + 5 * MINUTE_US - 1), []);
  const [resolved] = place.take(NOON_US + 3e6 + 5 * MINUTE_US);
  assert.equal(resolved?.reason, 'resolved');
  const [incident, ...others] = place.incidents;
  assert.deepEqual(others, []);
  assert.equal(incident?.count, 5);
  assert.equal(incident?.severity, 'critical');
  assert.equal(incident?.firstUs, NOON_US);
  assert.equal(incident?.lastUs, NOON_US + 3e6);
  assert.equal(incident?.resolvedUs, NOON_US + 3e6 + 5 * MINUTE_US);
  assert.match(incident?.id ?? '', /^[0-9a-f]{16}$/);
});

test('a finding that says so ends its incident; another rule or key is another one', () => {
  const place = new DeskForTest();
  place.take(NOON_US, finding(NOON_US), finding(NOON_US, { rule: 'beacon' }), finding(NOON_US, { key: 'else' }));
  assert.equal(place.incidents.length, 3);
  const over = finding(NOON_US + 1e6, { isOver: true });
  assert.deepEqual(reasons(place.take(NOON_US + 1e6, over)), ['resolved']);
  assert.deepEqual(place.take(NOON_US + 2e6, over), []);
  assert.equal(place.desk.counts.open, 2);
  place.take(NOON_US + 3e6, finding(NOON_US + 3e6));
  assert.equal(place.incidents.length, 4);
});

test('what a finding says of quiet goes before what the rule says', () => {
  const place = new DeskForTest({}, { quietUsOf: () => HOUR_US });
  place.take(NOON_US, finding(NOON_US, { quietUs: MINUTE_US }));
  place.restart(NOON_US + 1e6);
  assert.deepEqual(reasons(place.take(NOON_US + MINUTE_US)), ['resolved']);
});

test('the gravest of a day are told at once, the rest in one digest, and a critical one is never behind warnings', () => {
  const place = new DeskForTest({ dailyBudget: 3, digestAtMin: 18 * 60 });
  const at = (n: number, severity: Severity) =>
    finding(NOON_US + n, { key: `k${n}`, severity, quietUs: 100 * HOUR_US });
  const told = place.take(NOON_US + 100, ...Array.from({ length: 6 }, (_, n) => at(n, n === 0 ? 'info' : 'warning')));
  assert.deepEqual(reasons(told), ['opened', 'opened', 'opened']);
  assert.deepEqual(reasons(place.take(NOON_US + 200, at(90, 'critical'))), ['opened']);
  // Goes on: still held. Becomes critical: told.
  assert.deepEqual(place.take(NOON_US + 300, at(5, 'warning')), []);
  assert.deepEqual(reasons(place.take(NOON_US + 400, at(5, 'critical'))), ['opened']);
  assert.deepEqual(place.take(NOON_US + 6 * HOUR_US - 1), []);
  const [digest, ...more] = place.take(NOON_US + 6 * HOUR_US);
  assert.deepEqual(more, []);
  assert.equal(digest?.reason, 'digest');
  assert.deepEqual(
    digest?.incidents.map(({ key, heldBack }) => [key, heldBack]),
    [
      ['k4', 'budget'],
      ['k0', 'budget'],
    ],
  );
  // The next day has a budget of its own, and what the digest told is not told again.
  const tomorrow = NOON_US + 24 * HOUR_US;
  assert.deepEqual(reasons(place.take(tomorrow, at(4, 'warning'), finding(tomorrow, { key: 'new' }))), ['opened']);
  assert.deepEqual(reasons(place.take(tomorrow + 6 * HOUR_US)), ['resolved']);
});

test('in quiet hours critical ones pass, what goes on afterwards is told then, and ends are told later', () => {
  const night = { quietHours: { fromMin: 22 * 60, toMin: 7 * 60 } };
  const place = new DeskForTest(night);
  const evening = NOON_US + 9 * HOUR_US;
  place.take(evening, finding(evening, { key: 'told', quietUs: 2 * HOUR_US }));
  const midnight = NOON_US + 12 * HOUR_US;
  const long = { quietUs: 8 * HOUR_US };
  const over = finding(midnight, { key: 'over', quietUs: 1e6 });
  assert.deepEqual(place.take(midnight, finding(midnight, long), over), []);
  const critical = finding(midnight + 1, { key: 'c', severity: 'critical' });
  assert.deepEqual(reasons(place.take(midnight + 1, critical)), ['opened']);
  assert.deepEqual(reasons(place.take(midnight + HOUR_US)), ['resolved']);
  place.restart(midnight + 2 * HOUR_US);
  const morning = NOON_US + 19 * HOUR_US;
  assert.deepEqual(
    place.take(morning, finding(morning, long)).map(({ reason, incidents }) => [reason, incidents[0]?.key]),
    [
      ['opened', '10.0.0.9'],
      ['resolved', 'told'],
    ],
  );
  assert.deepEqual(
    place.take(NOON_US + 20 * HOUR_US).map(({ reason, incidents }) => [reason, incidents.map(({ key }) => key)]),
    [['digest', ['over']]],
  );
  const strict = new DeskForTest({ ...night, criticalAlways: false });
  assert.deepEqual(strict.take(midnight, finding(midnight, { severity: 'critical' })), []);
});

test('a mute holds what fits, for its time, with its reason; history has it all the same', () => {
  const place = new DeskForTest();
  const scope = { rule: 'port-scan', host: '10.0.0.0/24', direction: 'in' } as const;
  place.keep(() => place.desk.mute(scope, 'our scanner', NOON_US, NOON_US + HOUR_US));
  assert.deepEqual(place.take(NOON_US + 1, finding(NOON_US + 1)), []);
  assert.equal(place.incidents[0]?.heldBack, 'muted');
  assert.equal(place.desk.mutes[0]?.held, 1);
  const other = finding(NOON_US + 2, { subject: 'b', scope: { host: '10.0.1.9', direction: 'in' } });
  assert.deepEqual(reasons(place.take(NOON_US + 2, other)), ['opened']);
  place.restart(NOON_US + 3);
  assert.equal(place.desk.mutes[0]?.reason, 'our scanner');
  assert.deepEqual(place.take(NOON_US + 4, finding(NOON_US + 4)), []);
  const later = NOON_US + HOUR_US;
  const told = place.take(later, finding(later), { ...other, tsUs: later });
  assert.deepEqual(
    told.map(({ reason, incidents }) => [reason, incidents[0]?.subject]),
    [['opened', '10.0.0.9']],
  );
  assert.throws(() => place.desk.mute({ rule: 'x' }, ' ', NOON_US), /needs a reason/);
  assert.throws(() => place.desk.unmute('9'), /no mute 9/);
  assert.equal(place.desk.unmute('1').id, '1');
});

test('a mute and an acknowledgement take an incident out of the digest', () => {
  const place = new DeskForTest({ dailyBudget: 0, digestAtMin: 18 * 60 });
  place.take(NOON_US, finding(NOON_US, { key: 'a' }), finding(NOON_US, { key: 'b', rule: 'beacon' }));
  place.keep(() => place.desk.mute({ rule: 'beacon' }, 'known', NOON_US));
  const known = place.incidents.find(({ key }) => key === 'a')!;
  place.keep(() => {
    place.desk.acknowledge(known, NOON_US + 5, ' looked into it ');
  });
  assert.deepEqual(place.history.get(known.id)?.acknowledged, { atUs: NOON_US + 5, note: 'looked into it' });
  assert.deepEqual(place.take(NOON_US + 6 * HOUR_US), []);
  assert.deepEqual(
    place.incidents.map(({ heldBack }) => heldBack),
    ['budget', 'muted'],
  );
});

test('five million things of one rule are few incidents, and each is counted', () => {
  const place = new DeskForTest();
  const many = 5_000_000;
  const perTake = 100_000;
  for (let from = 0; from < many; from += perTake) {
    place.desk.take(
      Array.from({ length: perTake }, (_, n) => finding(NOON_US, { key: `spoofed ${from + n}` })),
      NOON_US + from / perTake,
    );
  }
  assert.equal(place.desk.counts.open, MAX_OPEN_OF_RULE + 1);
  assert.equal(place.desk.counts.overflowed, many - MAX_OPEN_OF_RULE);
  place.take(NOON_US + MINUTE_US, finding(NOON_US, { rule: 'beacon' }));
  assert.equal(place.desk.counts.open, MAX_OPEN_OF_RULE + 2);
  const digest = place.take(NOON_US + 20 * HOUR_US).find(({ reason }) => reason === 'digest');
  assert.ok((digest?.incidents.length ?? 0) <= MAX_DIGEST);
});

test('hostile texts and numbers are made harmless', () => {
  const place = new DeskForTest();
  const wild = finding(NOON_US + HOUR_US, {
    subject: '\u001b[2J\u202e'.repeat(500),
    evidence: Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`\u0000${n}`, '\u001b'.repeat(999)])),
  });
  place.take(NOON_US, wild);
  const [incident] = place.incidents;
  assert.doesNotMatch(JSON.stringify(incident), /\\u001b|\\u0000|\u202e/);
  assert.ok(JSON.stringify(incident).length < 20_000);
  assert.equal(incident?.firstUs, NOON_US);
});

interface Step {
  readonly afterMin: number;
  readonly keys: readonly number[];
  readonly severity: Severity;
  readonly isOver: boolean;
  readonly restarts: boolean;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    afterMin: fc.integer({ min: 0, max: 600 }),
    keys: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
    severity: fc.constantFrom<Severity>('info', 'warning', 'critical'),
    isOver: fc.boolean(),
    restarts: fc.boolean(),
  }),
  { maxLength: 40 },
);

test('whatever happens: every incident is told or says why not, each telling has one id, restarts change nothing', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 3 }), (list, dailyBudget) => {
      const settings = { dailyBudget, quietHours: { fromMin: 22 * 60, toMin: 6 * 60 } };
      const [steady, restarted] = [new DeskForTest(settings), new DeskForTest(settings)];
      let nowUs = NOON_US;
      for (const { afterMin, keys, severity, isOver, restarts } of list) {
        nowUs += afterMin * MINUTE_US;
        const found = keys.map((key): AlertRaised => {
          const made = finding(nowUs, { key: `${key}`, severity });
          return isOver ? { ...made, isOver: true } : made;
        });
        steady.take(nowUs, ...found);
        restarted.take(nowUs, ...found);
        if (restarts) restarted.restart(nowUs);
      }
      assert.deepEqual(restarted.told, steady.told);
      assert.deepEqual(restarted.incidents, steady.incidents);
      const ids = steady.told.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      for (const { told, heldBack } of steady.incidents) assert.ok(told !== undefined || heldBack !== undefined);
      const ofDay = new Map<string, number>();
      for (const { reason, incidents, atUs } of steady.told) {
        if (reason !== 'opened' && reason !== 'updated') continue;
        const day = `${new Date(atUs / 1000).toDateString()} ${incidents[0]?.severity === 'critical'}`;
        ofDay.set(day, (ofDay.get(day) ?? 0) + 1);
      }
      for (const count of ofDay.values()) assert.ok(count <= dailyBudget);
    }),
    { numRuns: 200 },
  );
});
