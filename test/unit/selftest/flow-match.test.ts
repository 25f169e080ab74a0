import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchFlows } from '@kaipo/cli/selftest/flow-match.js';
import { recordOf, SECOND_US, truthRow } from './selftest-rows.js';

describe('matchFlows', () => {
  it('tells flows on the same ends apart by time', () => {
    const [first, second] = [truthRow(1, 10), truthRow(2, 10.02)];
    const [one, two] = [recordOf(first), recordOf(second)];
    const { flows, strays } = matchFlows([first, second], [two, one]);
    assert.deepEqual(
      flows.map(({ records }) => records),
      [[one], [two]],
    );
    assert.deepEqual(strays, []);
  });

  it('finds a flow that the other side opened', () => {
    const truth = truthRow(1, 10);
    const { client, server } = recordOf(truth);
    const { flows } = matchFlows([truth], [recordOf(truth, undefined, { client: server, server: client })]);
    assert.equal(flows[0]?.records.length, 1);
  });

  it('a record that began before every truth, or long after, is of nobody', () => {
    const truth = truthRow(1, 10);
    const early = recordOf(truth, undefined, { startUs: 9 * SECOND_US });
    const late = recordOf(truth, undefined, { startUs: 60 * SECOND_US });
    const { flows, strays } = matchFlows([truth], [early, late]);
    assert.deepEqual(strays, [early, late]);
    assert.deepEqual(flows[0]?.records, []);
  });

  it('a goodbye that comes late belongs to the flow before it', () => {
    const truth = truthRow(1, 10);
    const goodbye = recordOf(truth, undefined, { startUs: truth.endUs + SECOND_US });
    const { flows } = matchFlows([truth], [recordOf(truth), goodbye]);
    assert.equal(flows[0]?.records.length, 2);
  });

  it('flows that kaipo saw as one: the first has the record, the second is within it', () => {
    const [first, second] = [truthRow(1, 10, { transport: 'udp' }), truthRow(2, 10.02, { transport: 'udp' })];
    const merged = recordOf(first, undefined, { endUs: second.endUs });
    const { flows } = matchFlows([first, second], [merged]);
    assert.deepEqual(flows, [
      { truth: first, records: [merged], others: [second] },
      { truth: second, records: [], others: [], within: merged },
    ]);
  });
});
