// What is written straight from the columns of a flow, and from events, is what the library writes of their records, byte by byte.
import assert from 'node:assert/strict';
import test from 'node:test';
import { CsvWriter } from '@kaipo/cli/analysis/csv-writer.js';
import { type OtherEvent, writeEvent } from '@kaipo/cli/analysis/event-line.js';
import { flowLine, seconds } from '@kaipo/cli/analysis/event-records.js';
import { writeFlow } from '@kaipo/cli/analysis/flow-line.js';
import { csvLine } from '@kaipo/cli/output/csv.js';
import type { TextSink } from '@kaipo/cli/output/text-sink.js';
import type { FlowRecord } from '@kaipo/core/api/index.js';
import { flowRecord } from '@kaipo/core/engine/flow-record.js';
import { ByteText } from '@kaipo/core/kernel/byte-text.js';
import { eventRecord } from '../../fixtures/event-record.js';
import { alertRaised, dnsAnswered, dnsAsked } from '../../fixtures/events.js';
import { RandomFlows } from '../../fixtures/random-flows.js';
import { seededRandom } from '../../fixtures/seeded-random.js';

const FLOWS = 5000;

/** What `write` writes. */
function written(write: (out: ByteText) => void): string {
  const parts: Buffer[] = [];
  const out = new ByteText((bytes) => parts.push(Buffer.from(bytes)));
  write(out);
  out.flush();
  return Buffer.concat(parts).toString();
}

/** As it comes out of a file: a lone surrogate has no UTF-8. */
const stored = (text: string): string => Buffer.from(text).toString();

test('a flow as JSON is its record as JSON, with its type and without', () => {
  const flows = new RandomFlows(seededRandom(1));
  for (let i = 0; i < FLOWS; i++) {
    const ended = flows.next();
    const { type, ...rest } = flowLine(flowRecord(ended)) as Record<string, unknown>;
    assert.equal(
      written((out) => writeFlow(out, ended, true)),
      stored(JSON.stringify({ type, ...rest })),
    );
    assert.equal(
      written((out) => writeFlow(out, ended, false)),
      stored(JSON.stringify(rest)),
    );
  }
});

const csvCells = (flow: FlowRecord): Parameters<typeof csvLine>[0] => [
  flow.id,
  flow.transport,
  ...[flow.client, flow.server].flatMap(({ ip, port, packets, bytes }) => [ip, port, packets, bytes]),
  seconds(flow.startUs),
  seconds(flow.endUs),
  flow.protocol,
  flow.application,
  flow.serverName,
  flow.tunnel?.join(' '),
  flow.communityId,
  flow.protocolFrom,
];

test('a flow as CSV is what csvLine writes of its record', () => {
  const flows = new RandomFlows(seededRandom(2));
  for (let i = 0; i < FLOWS; i++) {
    const ended = flows.next();
    const text = written((bytes) => {
      const writer = new CsvWriter({ write: () => undefined, bytes } as unknown as TextSink);
      writer.flow(ended);
    });
    assert.equal(text, stored(csvLine(csvCells(flowRecord(ended)))));
  }
});

test('events as JSON are their records as JSON', () => {
  const ends = { client: { ip: '2001:db8::1' }, server: { ip: '192.0.2.1', port: 80 } };
  const events: OtherEvent[] = [
    dnsAsked(1, 'größe "x"'),
    dnsAnswered('www.example.com', []),
    { ...dnsAnswered('\u0000', ['192.0.2.1', '"quoted"']), latencyUs: 12, tsUs: 1_700_000_000_123_450 },
    { ...dnsAnswered('x', ['y']), latencyUs: Number.NaN, tsUs: Number.NEGATIVE_INFINITY },
    { kind: 'http.exchanged', tsUs: 1.5, ...ends, method: 'GET', path: '/\\', status: 200 },
    { kind: 'device.seen', tsUs: 2, from: 'dhcp', ip: '192.0.2.1', name: 'büro' },
    alertRaised('a rule') as OtherEvent,
    { ...(alertRaised('b') as OtherEvent & { kind: 'alert.raised' }), evidence: { 'a "key"': 0.1, b: -0, c: 1e21 } },
  ];
  for (const event of events)
    assert.equal(
      written((out) => writeEvent(out, event)),
      stored(JSON.stringify(eventRecord(event))),
    );
});
