import assert from 'node:assert/strict';
import test from 'node:test';
import { linkTypeNumber } from '@kaipo/capture-helper/portable/link-types.js';
import { CAP_SNAPLEN, originalLength } from '@kaipo/capture-helper/portable/original-length.js';
import { WallClock } from '@kaipo/capture-helper/portable/wall-clock.js';

test('link layers as cap names them', () => {
  assert.equal(linkTypeNumber('ETHERNET'), 1);
  assert.equal(linkTypeNumber('NULL'), 0);
  assert.equal(linkTypeNumber('RAW'), 101);
  assert.equal(linkTypeNumber('LINKTYPE_LINUX_SLL'), 113);
  assert.equal(linkTypeNumber('Unknown linktype 276'), 276);
  assert.equal(linkTypeNumber('Unknown linktype 12'), 101);
  assert.equal(linkTypeNumber('Unknown linktype'), undefined);
  assert.equal(linkTypeNumber('constructor'), undefined);
});

test('only a packet that fills the snaplen can have been longer, and only when IP says so', () => {
  const bytes = new Uint8Array(CAP_SNAPLEN);
  bytes.set([8, 0, 0x45, 0, 0xff, 0xff], 12);
  assert.equal(originalLength(bytes, CAP_SNAPLEN, 1), 65_549);
  assert.equal(originalLength(bytes, CAP_SNAPLEN, 101), CAP_SNAPLEN, 'no Ethernet header to look behind');
  assert.equal(originalLength(bytes, 1000, 1), 1000, 'a shorter packet is whole, whatever it says');
  bytes.set([0, 20], 16);
  assert.equal(originalLength(bytes, CAP_SNAPLEN, 1), CAP_SNAPLEN);
  bytes.set([0x86, 0xdd, 0x60, 0, 0, 0, 0xff, 0xff], 12);
  assert.equal(originalLength(bytes, CAP_SNAPLEN, 1), 14 + 40 + 65_535);
});

test('the clock gives nanoseconds since the epoch in two halves that do not go back', () => {
  const clock = new WallClock();
  let last = 0n;
  for (let index = 0; index < 20_000; index += 1) {
    clock.read();
    assert.ok(clock.low >= 0 && clock.low <= 0xffff_ffff && Number.isInteger(clock.low));
    const ns = (BigInt(clock.high) << 32n) | BigInt(clock.low);
    assert.ok(ns >= last);
    last = ns;
  }
  assert.ok(Math.abs(Number(last / 1_000_000n) - Date.now()) < 1000, `${last}`);
});

test('the halves are exact where the low one overflows', (t) => {
  // 2^32 ns pass in 4.3 s, so a clock that is set second by second meets the carry within a few steps.
  t.mock.timers.enable({ apis: ['Date'] });
  for (let second = 1_800_000_000; second < 1_800_000_020; second += 1) {
    t.mock.timers.setTime(second * 1000 + 500);
    const clock = new WallClock();
    const before = performance.now();
    clock.read();
    const elapsedMs = performance.now() - before;
    const ns = (BigInt(clock.high) << 32n) | BigInt(clock.low);
    const off = Number(ns - BigInt(second) * 1_000_000_000n - 500_000_000n) / 1e6;
    assert.ok(off > -1 && off < elapsedMs + 50, `${off} ms`);
  }
});
