// Formats and records: what kernels print is understood wherever its fields lie, and what is missing is not guessed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { addressKey } from '@kaipo/core/kernel/address-key.js';
import { parseEventFormat, recordBytes } from '@kaipo/core/owners/events/event-format.js';
import { type EventHandlers, EventRecords } from '@kaipo/core/owners/events/event-records.js';
import { RingPage } from '@kaipo/core/owners/events/ring-page.js';
import { addressBytes } from '../../fixtures/bytes.js';
import { FORMATS, formatText, OLDER_FORMATS } from '../../fixtures/kernel-event-formats.js';
import { type FieldValues, kernelRecord } from '../../fixtures/kernel-records.js';
import { RingPageWriter } from '../../fixtures/ring-page-writer.js';
import { below, randomBytes, seededRandom } from '../../fixtures/seeded-random.js';

function told(...formats: readonly string[]): { records: EventRecords; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...values: unknown[]): void => {
      calls.push([name, ...values]);
    };
  const handlers: EventHandlers = {
    onState: note('state'),
    onRoute: note('route'),
    onLength: note('length'),
    onNewTask: note('fork'),
    onExec: note('exec'),
    onExit: note('exit'),
  };
  const records = new EventRecords(handlers);
  for (const text of formats) {
    const format = parseEventFormat(text);
    assert.ok(format !== undefined);
    records.addFormat(format);
  }
  return { records, calls };
}

function handle(records: EventRecords, record: Uint8Array): void {
  const page = new RingPage(new RingPageWriter(1000).record(1000, record, true).bytes());
  assert.ok(page.next());
  records.handle(page, 1);
}

function call(format: string, values: FieldValues): unknown[] | undefined {
  const { records, calls } = told(format);
  handle(records, kernelRecord(format, values));
  assert.equal(records.strayRecords, 0);
  return calls[0];
}

const V4 = { saddr: addressBytes('10.0.0.1'), daddr: addressBytes('192.0.2.9') };
const STATE = { common_pid: 42, skaddr: 0xffff_8880_1234_5678n, oldstate: 7, newstate: 2, family: 2, protocol: 6 };
const SKADDR = 0x1f_8880_1234_5678;

test('every event of Linux 6.18 becomes the call it is', () => {
  assert.deepEqual(call(FORMATS.inet_sock_set_state, { ...STATE, ...V4, sport: 40_000, dport: 443 }), [
    'state',
    SKADDR,
    7,
    2,
    42,
    6,
    40_000,
    addressKey('10.0.0.1'),
    443,
    addressKey('192.0.2.9'),
    1,
  ]);
  const route = { common_pid: 42, proto: 17, sport: 5353, dport: 53 };
  assert.deepEqual(call(FORMATS.fib_table_lookup, { ...route, src: V4.saddr, dst: V4.daddr }), [
    'route',
    42,
    17,
    5353,
    addressKey('10.0.0.1'),
    53,
    addressKey('192.0.2.9'),
    1,
  ]);
  assert.deepEqual(
    call(FORMATS.fib6_table_lookup, { ...route, src: addressBytes('2001:db8::1'), dst: addressBytes('ff02::fb') }),
    ['route', 42, 17, 5353, addressKey('2001:db8::1'), 53, addressKey('ff02::fb'), 1],
  );
  assert.deepEqual(call(FORMATS.task_newtask, { common_pid: 42, pid: 43, clone_flags: 0x10_0000_0011n }), [
    'fork',
    42,
    43,
    0x11,
    1,
  ]);
  assert.deepEqual(call(FORMATS.sched_process_exec, { filename: '/usr/bin/curl', pid: 43, old_pid: 44 }), [
    'exec',
    43,
    44,
    '/usr/bin/curl',
    1,
  ]);
  assert.deepEqual(call(FORMATS.sched_process_exit, { pid: 43, group_dead: 1 }), ['exit', 43, true, 1]);
  assert.deepEqual(call(FORMATS.sock_send_length, { common_pid: 42, sk: 1, family: 17, protocol: 3, ret: -11 }), [
    'length',
    true,
    1,
    17,
    3,
    42,
    -11,
    1,
  ]);
  assert.deepEqual(call(FORMATS.sock_recv_length, { common_pid: 42, sk: 1, family: 2, protocol: 1, ret: 84 }), [
    'length',
    false,
    1,
    2,
    1,
    42,
    84,
    1,
  ]);
});

test('older kernels: the same calls from what they print', () => {
  assert.deepEqual(call(OLDER_FORMATS.inet_sock_set_state, { ...STATE, ...V4, sport: 1, dport: 2 }), [
    'state',
    SKADDR,
    7,
    2,
    42,
    6,
    1,
    addressKey('10.0.0.1'),
    2,
    addressKey('192.0.2.9'),
    1,
  ]);
  assert.equal(call(OLDER_FORMATS.fib_table_lookup, { common_pid: 42, proto: 17, sport: 9, name: 'eth0' })?.[3], 9);
  // That kernel does not say whether it was the last task.
  assert.deepEqual(call(OLDER_FORMATS.sched_process_exit, { pid: 43 }), ['exit', 43, false, 1]);
  assert.deepEqual(call(OLDER_FORMATS.task_newtask, { common_pid: 42, pid: 43, clone_flags: 17 }), [
    'fork',
    42,
    43,
    17,
    1,
  ]);
});

test('IPv6: both addresses, and IPv4 mapped into it is IPv4', () => {
  const ends = { saddr_v6: addressBytes('::ffff:0a00:1'), daddr_v6: addressBytes('::ffff:c000:209') };
  const mapped = call(FORMATS.inet_sock_set_state, { ...STATE, family: 10, ...ends });
  assert.deepEqual([mapped?.[7], mapped?.[9]], [addressKey('10.0.0.1'), addressKey('192.0.2.9')]);
  const any = call(FORMATS.inet_sock_set_state, { ...STATE, family: 10 });
  assert.deepEqual([any?.[7], any?.[9]], [0, 0]);
});

test('in an interrupt a state is of nobody, and a route or a length is not told at all', () => {
  for (const common_flags of [0x08, 0x10, 0x18]) {
    assert.equal(call(FORMATS.inet_sock_set_state, { ...STATE, common_flags })?.[4], 0);
    assert.equal(call(FORMATS.fib_table_lookup, { common_flags, proto: 17, sport: 1 }), undefined);
    assert.equal(call(FORMATS.sock_send_length, { common_flags, family: 2, ret: 1 }), undefined);
  }
  assert.equal(call(FORMATS.inet_sock_set_state, { ...STATE, common_flags: 0x01 })?.[4], 42);
});

test('fields in another order and at other places are found', () => {
  const shuffled = formatText(
    'sched_process_exit',
    12,
    [
      ['bool group_dead', 8, 1],
      ['int prio', 12, 4],
      ['pid_t pid', 16, 4],
      ['char comm[16]', 20, 16],
    ],
    [
      ['int common_pid', 4, 4],
      ['unsigned short common_type', 0, 2],
      ['unsigned char common_flags', 2, 1],
    ],
  );
  assert.deepEqual(call(shuffled, { pid: 77, group_dead: 1 }), ['exit', 77, true, 1]);
});

test('a format that lacks a field, or has another size of it, is left out', () => {
  for (const text of [
    FORMATS.fib_table_lookup.replace(/\tfield:u16 sport;.*\n/, ''),
    FORMATS.inet_sock_set_state.replace('sport;\toffset:24;\tsize:2;', 'sport;\toffset:24;\tsize:4;'),
    FORMATS.task_newtask.replace(/\tfield:int common_pid;.*\n/, ''),
    FORMATS.sched_process_exec.replace('name: sched_process_exec', 'name: something_else'),
  ]) {
    const format = parseEventFormat(text);
    assert.ok(format !== undefined);
    assert.equal(told().records.addFormat(format), false);
  }
});

test('what is no format is none', () => {
  const text = FORMATS.sched_process_exit;
  for (const wrong of [
    '',
    'name: x\nID: 5\nformat:\n',
    text.replace('ID: 369', 'ID: 65536'),
    text.replace('ID: 369', 'ID: -1'),
    text.replace(/^ID.*\n/m, ''),
    text.replace(/^name.*\n/m, ''),
    text + Array.from({ length: 64 }, (_, i) => `\tfield:int x${i};\toffset:8;\tsize:4;\n`).join(''),
  ])
    assert.equal(parseEventFormat(wrong), undefined);
  const format = parseEventFormat(FORMATS.sched_process_exec)!;
  assert.deepEqual(format.fields.get('filename'), { offset: 8, bytes: 4, isText: true });
  assert.equal(recordBytes(format, { filename: 4, old_pid: 4 }), 20);
  assert.equal(recordBytes(format, { missing: 4 }), undefined);
});

test('a text that lies outside its record, or has no end, is cut', () => {
  const at = (offset: number, length: number): unknown => {
    const { records, calls } = told(FORMATS.sched_process_exec);
    const record = kernelRecord(FORMATS.sched_process_exec, { filename: 'abcdefg', pid: 1 });
    new DataView(record.buffer).setUint32(8, length * 0x10000 + offset, true);
    handle(records, record);
    return calls[0]?.[3];
  };
  assert.deepEqual([at(20, 8), at(20, 3), at(24, 0xffff), at(0xffff, 4), at(20, 0)], ['abcdefg', 'abc', 'efg', '', '']);
});

test('records that are too short or that nobody has described are counted and left out', () => {
  const { records, calls } = told(FORMATS.sched_process_exit);
  const record = kernelRecord(FORMATS.sched_process_exit, { pid: 1 });
  handle(records, record.subarray(0, 24));
  handle(records, kernelRecord(FORMATS.task_newtask, {}));
  handle(records, Uint8Array.of(1));
  assert.deepEqual([records.events, records.strayRecords, calls.length], [3, 3, 0]);
});

test('any bytes as records: no exception', () => {
  const random = seededRandom(5);
  const { records } = told(...Object.values(FORMATS));
  const ids = Object.values(FORMATS).map((text) => parseEventFormat(text)!.id);
  for (let run = 0; run < 5000; run++) {
    const record = randomBytes(random, 4 * below(random, 40));
    if (record.length >= 2) new DataView(record.buffer).setUint16(0, ids[below(random, ids.length)]!, true);
    handle(records, record);
  }
  assert.equal(records.events, 5000);
});

test('any text as a format: no exception', () => {
  const random = seededRandom(6);
  const texts = Object.values(FORMATS);
  for (let run = 0; run < 500; run++) {
    const letters = [...texts[below(random, texts.length)]!];
    for (let i = below(random, 20); i >= 0; i--)
      letters[below(random, letters.length)] = '\t\n;:[]09az-'[below(random, 11)]!;
    const format = parseEventFormat(letters.join(''));
    if (format === undefined) continue;
    const { records } = told();
    records.addFormat(format);
    const record = randomBytes(random, 4 + below(random, 120));
    new DataView(record.buffer).setUint16(0, format.id, true);
    handle(records, record);
  }
});
