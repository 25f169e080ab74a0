// Blocks of kernel events in a helper's stream: handed on as they are, refused when they break the contract.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CUSTOM_EVENT_FORMAT,
  CUSTOM_EVENT_ROUND,
  CUSTOM_EVENTS,
  CUSTOM_MAGIC,
  CUSTOM_PEN,
  CUSTOM_PROCESSES,
  MAX_CUSTOM_BINARY,
  MAX_EVENT_CPUS,
} from '@kaipo/capture-helper/contract/index.js';
import { HelperStream } from '@kaipo/core/source/helper-stream.js';
import { ascii, joined } from '../../fixtures/bytes.js';
import { PcapngWriter } from '../../fixtures/pcapng-writer.js';

const writer = new PcapngWriter();
const block = (kind: number, body: Uint8Array, length = body.length): Uint8Array =>
  writer.custom(CUSTOM_PEN, joined(writer.u32(CUSTOM_MAGIC), writer.u32(kind), writer.u32(length), body));
const page = (cpu: number, bytes: Uint8Array): Uint8Array =>
  block(CUSTOM_EVENTS, joined(writer.u32(cpu), writer.u32(0), bytes));
const round = (...numbers: readonly bigint[]): Uint8Array => joined(...numbers.map((number) => writer.u64(number)));

function receive(blocks: readonly Uint8Array[], withEvents = true): { failure: string | undefined; told: unknown[] } {
  const told: unknown[] = [];
  const events = {
    onFormat: (text: string) => told.push(['format', text]),
    onProcesses: (rows: Uint8Array) => told.push(['processes', Buffer.from(rows).toString()]),
    onPage: (cpu: number, bytes: Uint8Array) => told.push(['page', cpu, Buffer.from(bytes).toString()]),
    onRound: (one: unknown) => told.push(['round', one]),
  };
  const stream = new HelperStream({
    onBatch: () => undefined,
    onPrivileges: () => undefined,
    onInterfaceState: () => undefined,
    onNotice: () => undefined,
    ...(withEvents ? { events } : {}),
  });
  stream.push(joined(writer.section(), ...blocks));
  return { failure: stream.failure?.message, told };
}

const ALL = [
  block(CUSTOM_EVENT_FORMAT, ascii('name: x\nID: 1\n')),
  block(CUSTOM_PROCESSES, ascii('rows')),
  page(1, ascii('a page')),
  block(CUSTOM_EVENT_ROUND, round(1_000_000_000n, 2_000_000_000n, 1_700_000_000_000_000_000n, 5n, 1n)),
];

test('formats, processes, pages and rounds arrive in their order', () => {
  const wall = { completeToNs: 1e9, monotonicNs: 2e9, wallNs: 1.7e18, lost: 5, routesOff: true };
  assert.deepEqual(receive(ALL), {
    failure: undefined,
    told: [
      ['format', 'name: x\nID: 1\n'],
      ['processes', 'rows'],
      ['page', 1, 'a page'],
      ['round', wall],
    ],
  });
});

test('who asks nobody for owners passes over them', () => {
  assert.deepEqual(receive(ALL, false), { failure: undefined, told: [] });
});

test('the largest page there is, and an empty one', () => {
  const largest = receive([
    page(MAX_EVENT_CPUS - 1, new Uint8Array(MAX_CUSTOM_BINARY - 8).fill(65)),
    page(0, new Uint8Array()),
  ]);
  assert.equal(largest.failure, undefined);
  assert.equal(((largest.told[0] as unknown[])[2] as string).length, MAX_CUSTOM_BINARY - 8);
  assert.deepEqual(largest.told[1], ['page', 0, '']);
});

for (const [what, bytes, pattern] of [
  ['a page larger than any', page(0, new Uint8Array(MAX_CUSTOM_BINARY)), /longer than allowed/],
  ['a page longer than its block', block(CUSTOM_EVENTS, new Uint8Array(16), 40), /longer than allowed/],
  ['a format longer than its block', block(CUSTOM_EVENT_FORMAT, ascii('name'), 0xffff_fff0), /longer than allowed/],
  ['processes longer than their block', block(CUSTOM_PROCESSES, ascii('rows'), 400), /longer than allowed/],
  ['a CPU nobody has', page(MAX_EVENT_CPUS, ascii('a page')), /impossible CPU/],
  ['a CPU of all bits', page(0xffff_ffff, ascii('a page')), /impossible CPU/],
  ['a page without a CPU', block(CUSTOM_EVENTS, new Uint8Array(4)), /impossible CPU/],
  ['a round that is too short', block(CUSTOM_EVENT_ROUND, round(1n, 2n, 3n, 4n)), /too short/],
  ['an empty round', block(CUSTOM_EVENT_ROUND, new Uint8Array()), /too short/],
] as const) {
  test(`refuses ${what}, and tells nothing of it`, () => {
    const { failure, told } = receive([bytes]);
    assert.match(failure ?? '', pattern);
    assert.deepEqual(told, []);
  });
}
