// Five million made-up senders: tables of scans and floods are as large afterwards as before, and a scan among them is still found.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlertRaised, FlowSteps, KaipoPlugin } from '@kaipo/core/api/index.js';
import { BEGAN_SYN, STEP_BEGAN } from '@kaipo/core/api/index.js';
import { hostScanPlugin } from '@kaipo/plugins/anomalies/host-scan/index.js';
import { SpreadTable } from '@kaipo/plugins/anomalies/parts/spread-table.js';
import { portScanPlugin } from '@kaipo/plugins/anomalies/port-scan/index.js';
import { slowScanPlugin } from '@kaipo/plugins/anomalies/slow-scan/index.js';
import { stealthScanPlugin } from '@kaipo/plugins/anomalies/stealth-scan/index.js';
import { synFloodPlugin } from '@kaipo/plugins/anomalies/syn-flood/index.js';
import { detectorOf } from '../../fixtures/detector-harness.js';

const ROWS = 1000;
const SENDERS = 5_000_000;
const PER_SECOND = 200_000;
const SCANNER = 0xc000_0209;
const TCP = 6;
const SYN = 2;

const text = (word: number): string => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.');

/** SYNs, each from another sender, to one port of one host; the last row of each thousand is one of a scan. */
class Flood implements FlowSteps {
  length = ROWS;
  readonly step = new Uint8Array(ROWS).fill(STEP_BEGAN);
  readonly kind = new Uint16Array(ROWS).fill(BEGAN_SYN);
  readonly tsUs = new Float64Array(ROWS);
  readonly transport = new Uint8Array(ROWS).fill(TCP);
  readonly isV6 = new Uint8Array(ROWS);
  readonly words = new Uint32Array(ROWS * 8);
  readonly clientPort = new Uint16Array(ROWS);
  readonly serverPort = new Uint16Array(ROWS);
  readonly tcpFlags = new Uint8Array(ROWS).fill(SYN);
  readonly icmpType = new Uint8Array(ROWS);
  readonly isFromClient = new Uint8Array(ROWS).fill(1);
  readonly local = new Uint8Array(ROWS);

  fill(first: number): this {
    for (let row = 0; row < ROWS; row++) {
      const number = first + row;
      const isScan = row === ROWS - 1;
      this.tsUs[row] = (number / PER_SECOND) * 1e6;
      this.words[row * 8] = isScan ? SCANNER : Math.imul(number, 0x9e37_79b1);
      this.words[row * 8 + 4] = isScan ? 0x0a00_0003 : 0x0a00_0002;
      this.serverPort[row] = isScan ? 20 + ((first / ROWS) % 900) : 80;
    }
    return this;
  }

  clientIp = (row: number): string => text(this.words[row * 8]!);
  serverIp = (row: number): string => text(this.words[row * 8 + 4]!);
  interfaceName = (): undefined => undefined;
}

const memory = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

describe('five million made-up senders', () => {
  for (const plugin of [
    portScanPlugin,
    hostScanPlugin,
    slowScanPlugin,
    stealthScanPlugin,
    synFloodPlugin,
  ] as readonly KaipoPlugin[])
    it(`${plugin.name} takes no more memory`, () => {
      const detector = detectorOf(plugin).create();
      const found: AlertRaised[] = [];
      const out = { write: (event: unknown) => void found.push(event as AlertRaised) };
      const flood = new Flood();
      let before = 0;
      for (let first = 0; first < SENDERS; first += ROWS) {
        // What is compiled and taken once is there by now.
        if (first === SENDERS / 5) before = memory();
        detector.onFlowSteps?.(flood.fill(first), out);
        detector.onTick?.(flood.tsUs[ROWS - 1]!, out);
      }
      const grownBytes = memory() - before;
      assert.ok(grownBytes < 16e6, `${grownBytes} bytes more`);
      const keys = [...new Set(found.map(({ subject }) => subject))];
      const expected = { 'port-scan': ['192.0.2.9'], 'syn-flood': ['10.0.0.2'] }[plugin.name] ?? [];
      assert.deepEqual(keys, expected);
      assert.ok(found.length < 10, `${found.length} findings`);
    });
});

describe('a table of what spreads', () => {
  it('has as many keys as it has, and counts those it replaced', () => {
    const table = new SpreadTable(10e6);
    for (let number = 0; number < 100_000; number++) {
      table.key[0] = number;
      const at = table.take(number);
      table.began[at] = table.began[at]! + 1;
      table.addItem(at, 1, false, number);
      assert.ok(at < 2048);
    }
    assert.ok(table.replaced > 90_000, `${table.replaced}`);
  });

  it('counts different items, nearly', () => {
    const table = new SpreadTable(10e6);
    const at = table.take(0);
    for (const items of [10, 20, 100, 500, 1000]) {
      for (let item = 0; item < items; item++) {
        table.addItem(at, 1000 + item, false, 0);
        table.addItem(at, 1000 + item, false, 0);
      }
      assert.ok(Math.abs(table.distinct(at) - items) <= 3 + items * 0.12, `${table.distinct(at)} of ${items}`);
    }
  });

  it('begins anew when the window is over, and says so before', () => {
    const left: number[] = [];
    const table = new SpreadTable(10e6, (at) => left.push(table.different(at)));
    table.key[0] = 7;
    const at = table.take(0);
    table.addItem(at, 1, true, 0);
    assert.equal(table.find(9e6), at);
    assert.equal(table.find(11e6), -1);
    assert.equal(table.take(11e6), at);
    assert.deepEqual([left, table.different(at), table.services[at]], [[1], 0, 0]);
  });
});
