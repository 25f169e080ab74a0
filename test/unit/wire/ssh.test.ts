import assert from 'node:assert/strict';
import test from 'node:test';
import { u32 } from '@kaipo/core/wire/bytes.js';
import {
  SSH_COMPRESSION_TO_CLIENT,
  SSH_KEX,
  SSH_KEXINIT_CUT,
  SSH_NO_KEXINIT,
  sshKexInitEnd,
  sshListAt,
} from '@kaipo/core/wire/ssh.js';
import fc from 'fast-check';

const number = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

/** A KEXINIT whose lists are `lists`, padded as RFC 4253 section 6 wants it. */
function kexInit(lists: readonly string[]): Uint8Array {
  const body = [20, ...Array(16).fill(7)];
  for (const list of lists) body.push(...number(list.length), ...Buffer.from(list));
  body.push(0, 0, 0, 0, 0);
  let padding = 8 - ((body.length + 5) % 8);
  if (padding < 4) padding += 8;
  return Uint8Array.from([...number(body.length + 1 + padding), padding, ...body, ...Array(padding).fill(0)]);
}

const LISTS = ['curve25519-sha256', 'ssh-ed25519', 'aes', 'aes', 'mac', 'mac', 'none', 'zlib', '', ''];

test('a KEXINIT ends where it says, and its lists are found', () => {
  const bytes = kexInit(LISTS);
  assert.equal(sshKexInitEnd(bytes, 0, bytes.length), bytes.length);
  const kex = sshListAt(bytes, 0, SSH_KEX);
  assert.equal(Buffer.from(bytes.subarray(kex + 4, kex + 4 + u32(bytes, kex))).toString(), 'curve25519-sha256');
  const compression = sshListAt(bytes, 0, SSH_COMPRESSION_TO_CLIENT);
  assert.equal(Buffer.from(bytes.subarray(compression + 4, compression + 8)).toString(), 'zlib');
});

test('of a KEXINIT that is cut anywhere more is asked for', () => {
  const bytes = kexInit(LISTS);
  for (let length = 0; length < bytes.length; length++)
    assert.equal(sshKexInitEnd(bytes, 0, length), SSH_KEXINIT_CUT, `${length} bytes`);
});

test('another message, nine lists, a list too long, a length that is no multiple of eight are none', () => {
  const other = kexInit(LISTS);
  other[5] = 21;
  const long = kexInit(LISTS);
  long[25] = 200;
  const odd = kexInit(LISTS);
  odd[3] = odd[3]! + 1;
  for (const bytes of [other, kexInit(LISTS.slice(1)), long, odd, new Uint8Array(64)])
    assert.equal(sshKexInitEnd(bytes, 0, bytes.length), SSH_NO_KEXINIT);
});

test('whatever bytes: an end inside, or a reason', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(200), (tail, at) => {
      const bytes = kexInit(LISTS);
      bytes.set(tail.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
      const end = sshKexInitEnd(bytes, 0, bytes.length);
      assert.ok(end === SSH_NO_KEXINIT || end === SSH_KEXINIT_CUT || (end > 0 && end <= bytes.length));
    }),
  );
});
