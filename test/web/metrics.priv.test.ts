import assert from 'node:assert/strict';
import test from 'node:test';
import { noCapture } from '../live/live-program.js';
import { livePlace } from './live-place.js';
import { type ReadMetrics, readMetrics } from './metrics-reader.js';

const valueIn = ({ samples }: ReadMetrics, name: string, labels: Record<string, string> = {}): number =>
  samples
    .filter((one) => one.name === name && Object.entries(labels).every(([key, text]) => one.labels[key] === text))
    .reduce((sum, { value }) => sum + value, 0);

test('with packets: applications, protocols, zones, books and capture are counted', {
  skip: noCapture,
  timeout: 120_000,
}, async (t) => {
  const { address, record } = await livePlace(t);
  await record(['-i', 'lo']);
  const scrape = async (): Promise<ReadMetrics> =>
    readMetrics(await (await fetch(`http://${address}/metrics`)).text(), 'prometheus');
  const first = await scrape();
  let last = first;
  const wanted = [
    'kaipo_application_bytes_total',
    'kaipo_protocol_bytes_total',
    'kaipo_zone_bytes_total',
    'kaipo_capture_packets_total',
    'kaipo_flows_active',
  ];
  // The scrapes are the traffic.
  while (!wanted.every((name) => valueIn(last, name) > 0)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    last = await scrape();
  }
  const ofBooks = (entry: string): number => valueIn(last, 'kaipo_books_bytes_total', { entry });
  const parts = ofBooks('attributed') + ofBooks('unknown') + ofBooks('not_captured');
  assert.equal(parts + valueIn(last, 'kaipo_books_in_flight_bytes'), ofBooks('kernel'));
  assert.ok(ofBooks('attributed') > 0);
  assert.equal(valueIn(last, 'kaipo_zone_bytes_total'), valueIn(last, 'kaipo_zone_bytes_total', { zone: 'host' }));
  for (const one of last.samples) {
    if (!one.name.endsWith('_total')) continue;
    assert.ok(one.value >= valueIn(first, one.name, one.labels), `${one.name} ${JSON.stringify(one.labels)} went back`);
    assert.doesNotMatch(Object.values(one.labels).join(' '), /127\.0\.0\.1|::1/);
  }
});
