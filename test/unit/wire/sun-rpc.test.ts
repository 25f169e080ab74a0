import assert from 'node:assert/strict';
import test from 'node:test';
import {
  RPC_CALL,
  RPC_CUT,
  RPC_MOUNT,
  RPC_NOT,
  RPC_REPLY,
  readRpc,
  rpcProgram,
  rpcRecordBytes,
} from '@kaipo/core/wire/sun-rpc.js';
import fc from 'fast-check';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const CALL = hex('11223344 00000000 00000002 000186a5 00000003 00000001 00000000 00000000 00000000 00000000');
const REPLY = hex('11223344 00000001 00000000 00000000 00000000 00000000');

test('a call and its program, replies accepted and denied', () => {
  assert.equal(readRpc(CALL, 0, CALL.length), RPC_CALL);
  assert.equal(rpcProgram(CALL, 0), RPC_MOUNT);
  assert.equal(readRpc(REPLY, 0, REPLY.length), RPC_REPLY);
  const denied = hex('11223344 00000001 00000001 00000001 00000001 00000000');
  assert.equal(readRpc(denied, 0, denied.length), RPC_REPLY);
});

test('cut anywhere more is asked for', () => {
  for (const message of [CALL, REPLY])
    for (let length = 0; length < message.length; length++) assert.equal(readRpc(message, 0, length), RPC_CUT);
});

test('another type, version, program, or credentials too long are none', () => {
  for (const [at, value] of [
    [7, 2],
    [11, 3],
    [12, 0x40],
    [13, 0],
    [16, 1],
    [28, 1],
  ] as const) {
    const bytes = Uint8Array.from(CALL);
    bytes[at] = value;
    assert.equal(readRpc(bytes, 0, bytes.length), RPC_NOT, `byte ${at}`);
  }
});

test('a record has the last piece of a message, of sane length', () => {
  assert.equal(rpcRecordBytes(hex('80000028'), 0), 0x28);
  for (const text of ['00000028', '80000004', '80000029', 'ffffffff'])
    assert.equal(rpcRecordBytes(hex(text), 0), -1, text);
});

test('whatever bytes: one of four answers', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 48 }), (bytes) => {
      if (bytes.length > 7) bytes.set([0, 0, 0, bytes[7]! & 1], 4);
      const answer = readRpc(bytes, 0, bytes.length);
      assert.ok(answer === RPC_NOT || answer === RPC_CUT || answer === RPC_CALL || answer === RPC_REPLY);
    }),
  );
});
