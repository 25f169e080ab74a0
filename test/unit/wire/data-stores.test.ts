// Readers of databases and message queues: values that fit, values that do not, and nothing read past the end.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { amqp1FrameLength, amqpFrameLength } from '@kaipo/core/wire/amqp.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { mqttConnectFlags, mqttLengthBytes, mqttPacketLength, mqttRemaining } from '@kaipo/core/wire/mqtt.js';
import { mysqlGreetingVersionEnd } from '@kaipo/core/wire/mysql.js';
import { PG_SSL_REQUEST, PG_STARTUP, pgClientLength, pgOpening, pgServerLength } from '@kaipo/core/wire/postgresql.js';
import { respCommand, respValue, respWords } from '@kaipo/core/wire/resp.js';
import { isTdsLogin7, isTdsPrelogin, tdsLength } from '@kaipo/core/wire/tds.js';
import fc from 'fast-check';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));

describe('RESP', () => {
  const command = (text: string): number => respCommand(asciiBytes(text), 0, text.length);
  const value = (text: string): number => respValue(asciiBytes(text), 0, text.length);

  it('finds the words of a command', () => {
    const text = '*2\r\n$3\r\nGET\r\n$5\r\nhello\r\n';
    assert.equal(command(text), text.length);
    assert.equal(respWords.count, 2);
    assert.equal(text.slice(respWords.starts[1], respWords.ends[1]), 'hello');
  });

  it('waits at every cut of a command', () => {
    const text = '*2\r\n$3\r\nGET\r\n$5\r\nhello\r\n';
    for (let length = 0; length < text.length; length++)
      assert.equal(command(text.slice(0, length)), 0, text.slice(0, length));
  });

  it('reads values of both versions', () => {
    for (const text of [
      '+OK\r\n',
      ':-12\r\n',
      '$-1\r\n',
      '*0\r\n',
      '%1\r\n+a\r\n:1\r\n',
      '_\r\n',
      '#t\r\n',
      '*2\r\n$1\r\na\r\n$-1\r\n',
    ])
      assert.equal(value(text), text.length, text);
    for (const text of ['+\r\n', ':x\r\n', '$1\r\nab\r\n', '#y\r\n', '%x\r\n', 'OK\r\n'])
      assert.equal(value(text), -1, text);
  });
});

describe('PostgreSQL', () => {
  it('knows what opens a connection', () => {
    assert.equal(pgOpening(hex('00000008 04d2162f'), 0), PG_SSL_REQUEST);
    assert.equal(pgOpening(hex('00000022 00030000'), 0), PG_STARTUP);
    assert.equal(pgOpening(hex('00000022 00040000'), 0), 0);
  });

  it('knows types and fixed lengths', () => {
    assert.equal(pgServerLength(hex('5a 00000005 49'), 0, 6), 6);
    assert.equal(pgServerLength(hex('5a 00000006 49'), 0, 6), -1);
    assert.equal(pgClientLength(hex('51 0000000e'), 0, 5), 15);
    assert.equal(pgClientLength(hex('52 0000000e'), 0, 5), -1);
  });
});

describe('MySQL', () => {
  it('finds the end of the version in a greeting', () => {
    const greeting = hex('4a000000 0a 382e302e323100 0b000000 0102030405060708 00 ffff ff 0200');
    assert.equal(mysqlGreetingVersionEnd(greeting, 0, greeting.length), 11);
    assert.equal(mysqlGreetingVersionEnd(greeting, 0, 15), 0);
    assert.equal(mysqlGreetingVersionEnd(hex('4a000000 0a 612e302e323100 0b000000 0102030405060708 00'), 0, 25), -1);
  });
});

describe('TDS', () => {
  it('checks headers, PRELOGIN and LOGIN7', () => {
    assert.equal(tdsLength(hex('1201002f00000100'), 0, 8), 47);
    assert.equal(tdsLength(hex('1201002f00000101'), 0, 8), -1);
    assert.equal(isTdsPrelogin(hex('00001a0006'), 0), true);
    assert.equal(isTdsPrelogin(hex('00001b0006'), 0), false);
    assert.equal(isTdsLogin7(hex('7000000004000074'), 0, 112), true);
    assert.equal(isTdsLogin7(hex('7000000004000034'), 0, 112), false);
  });
});

describe('MQTT', () => {
  const lengthOf = (text: string): number => mqttPacketLength(hex(text), 0, hex(text).length);

  it('reads the remaining length of one to four bytes', () => {
    for (const [text, count, value] of [
      ['00', 1, 0],
      ['7f', 1, 127],
      ['8001', 2, 128],
      ['ffffff7f', 4, 268_435_455],
    ] as const) {
      assert.equal(mqttLengthBytes(hex(text), 0, count), count);
      assert.equal(mqttRemaining(hex(text), 0, count), value);
    }
    assert.equal(mqttLengthBytes(hex('80'), 0, 1), 0);
    assert.equal(mqttLengthBytes(hex('8000'), 0, 2), -1, 'longer than needed');
    assert.equal(mqttLengthBytes(hex('ffffffff01'), 0, 5), -1);
  });

  it('takes packets whose flags, lengths and bodies fit', () => {
    assert.equal(lengthOf('c000'), 2);
    assert.equal(lengthOf('c100'), -1);
    assert.equal(lengthOf('20020000'), 4);
    assert.equal(lengthOf('8206 0001 0001 61 00'), 8);
    assert.equal(lengthOf('8206 0001 0002 61 00'), -1);
    assert.equal(lengthOf('3603 0001 61'), -1, 'quality of service 3');
    assert.equal(lengthOf('3004 0002 2323'), -1, 'a wildcard');
  });

  it('knows the protocol name of each version', () => {
    assert.equal(mqttConnectFlags(hex('0004 4d515454 05 c2 003c'), 0, 10), 7);
    assert.equal(mqttConnectFlags(hex('0006 4d5149736470 03 02 003c'), 0, 12), 9);
    assert.equal(mqttConnectFlags(hex('0004 4d515454 07 c2 003c'), 0, 10), -1);
  });
});

describe('AMQP', () => {
  it('takes frames whose class, method and end fit', () => {
    const method = hex('01 0001 0000000b 003c0028 0000 00 0171 00 00 ce');
    assert.equal(amqpFrameLength(method, 0, method.length), method.length);
    assert.equal(amqpFrameLength(hex('01 0001 0000000b 003c0028 0000 00 0171 00 00 cd'), 0, method.length), -1);
    assert.equal(amqpFrameLength(hex('08 0000 00000000 ce'), 0, 8), 8);
    assert.equal(amqp1FrameLength(hex('00000018 02000000 005310'), 0, 11), 24);
    assert.equal(amqp1FrameLength(hex('00000018 02000000 005340'), 0, 11), -1);
  });
});

describe('all of them', () => {
  const readers: readonly ((bytes: Uint8Array, at: number, end: number) => number)[] = [
    respCommand,
    respValue,
    pgClientLength,
    pgServerLength,
    tdsLength,
    mqttPacketLength,
    amqpFrameLength,
    amqp1FrameLength,
  ];

  it('read nothing past the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 48 }), fc.nat(7), (bytes, which) => {
        const reader = readers[which]!;
        const longer = new Uint8Array(bytes.length + 8).fill(0x0d);
        longer.set(bytes);
        assert.equal(reader(longer, 0, bytes.length), reader(bytes, 0, bytes.length));
      }),
    );
  });
});
