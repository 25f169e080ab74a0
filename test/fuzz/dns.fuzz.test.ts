import assert from 'node:assert/strict';
import test from 'node:test';
import {
  checkDns,
  DNS_CUT,
  DNS_HEADER_BYTES,
  DNS_MALFORMED,
  DNS_OK,
  DnsLayout,
  dnsNameEnd,
  MAX_DNS_ANSWERS,
  MAX_DNS_QUESTIONS,
} from '@kaipo/core/wire/dns.js';
import { recordText } from '@kaipo/core/wire/dns-record-text.js';
import { dnsNameText } from '@kaipo/core/wire/dns-text.js';
import dnsPacket from 'dns-packet';
import fc from 'fast-check';

const layout = new DnsLayout();

/** Reads all that the layout promises; throws when a promise is broken. */
function readAll(bytes: Uint8Array, start: number, end: number): string[] {
  const verdict = checkDns(bytes, start, end, layout);
  assert.ok(verdict === DNS_OK || verdict === DNS_CUT || verdict === DNS_MALFORMED);
  assert.ok(layout.questions <= MAX_DNS_QUESTIONS && layout.answers <= MAX_DNS_ANSWERS);
  const texts: string[] = [];
  for (let i = 0; i < layout.questions; i++) {
    const nameEnd = dnsNameEnd(bytes, start, layout.questionAt[i]!, end);
    assert.ok(nameEnd > start && nameEnd + 4 <= end);
    texts.push(dnsNameText(bytes, start, layout.questionAt[i]!, i % 2 === 1));
  }
  for (let slot = 0; slot < layout.answers; slot++) {
    const [at, dataEnd] = [layout.answerDataAt[slot]!, layout.answerDataEnd[slot]!];
    assert.ok(at >= start + DNS_HEADER_BYTES + 11 && at <= dataEnd && dataEnd <= end);
    for (const unicode of [false, true]) {
      texts.push(recordText(layout.answerType[slot]!, { bytes, start, at, end: dataEnd, unicode }));
    }
  }
  for (const text of texts) assert.ok(text.length > 0 && text.length <= 300_000);
  return texts;
}

test('random bytes: never throws, never outside, never without end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(20), (bytes, start) => {
      readAll(bytes, Math.min(start, bytes.length), bytes.length);
    }),
    { numRuns: 3000 },
  );
});

const labelText = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
const nameText = fc.array(labelText, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.'));
const answer = fc.oneof(
  nameText.chain((name) => fc.ipV4().map((data): dnsPacket.Answer => ({ name, type: 'A', data }))),
  nameText.chain((name) => nameText.map((data): dnsPacket.Answer => ({ name, type: 'CNAME', data }))),
  nameText.chain((name) =>
    nameText.map(
      (target): dnsPacket.Answer => ({ name, type: 'SRV', data: { priority: 1, weight: 2, port: 3, target } }),
    ),
  ),
  nameText.chain((name) =>
    nameText.map((exchange): dnsPacket.Answer => ({ name, type: 'MX', data: { preference: 1, exchange } })),
  ),
);
const message = fc
  .record({
    questions: fc.array(nameText, { minLength: 1, maxLength: 5 }),
    answers: fc.array(answer, { maxLength: 10 }),
  })
  .map(({ questions, answers }) => ({
    questions,
    answers,
    bytes: dnsPacket.encode({ type: 'response', questions: questions.map((name) => ({ name, type: 'A' })), answers }),
  }));

test('messages of an independent encoder are read as they were written', () => {
  fc.assert(
    fc.property(message, ({ bytes, questions, answers }) => {
      assert.equal(checkDns(bytes, 0, bytes.length, layout), DNS_OK);
      assert.equal(layout.end, bytes.length);
      const names = Array.from({ length: layout.questions }, (_, i) => dnsNameText(bytes, 0, layout.questionAt[i]!));
      assert.deepEqual(names, questions);
      assert.equal(layout.answers, answers.length);
      for (const [slot, { name, type, data }] of (
        answers as { name: string; type: string; data: unknown }[]
      ).entries()) {
        assert.equal(dnsNameText(bytes, 0, layout.answerAt[slot]!), name);
        if (type === 'A' || type === 'CNAME') {
          const [at, end] = [layout.answerDataAt[slot]!, layout.answerDataEnd[slot]!];
          assert.equal(recordText(layout.answerType[slot]!, { bytes, start: 0, at, end, unicode: false }), data);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('damaged messages: never throws, never outside', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(message, damage, fc.nat(), ({ bytes: good }, changes, cut) => {
      const bytes = Uint8Array.from(good);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const end = cut % 3 === 0 ? cut % (bytes.length + 1) : bytes.length;
      readAll(bytes, 0, end);
    }),
    { numRuns: 3000 },
  );
});
