import assert from 'node:assert/strict';
import test from 'node:test';
import type { FlowFacts, Place } from '@kaipo/core/api/index.js';
import { ApplicationClassifier } from '@kaipo/plugins/applications/application-classifier.js';
import { ServiceBook } from '@kaipo/plugins/applications/service-book.js';
import { parseServices } from '@kaipo/plugins/applications/service-file.js';
import { builtinBook } from '@kaipo/plugins/applications/service-sources.js';
import fc from 'fast-check';

const bookOf = (text: string): ServiceBook => new ServiceBook(parseServices(text, 'services'));

const BOOK = bookOf(`
[video]
Example TV = tv.example agent:"TV Player"
[cdn]
Example CDN = cdn.example
[games]
Example Game = protocol:example-game alpn:game/* asn:64500
[remote]
Example Desk = cert:"Example Desk"
`);

function nameOf(facts: Partial<FlowFacts>, options: { usesDnsNames?: boolean; asn?: number } = {}): string | undefined {
  const place: Place | undefined = options.asn === undefined ? undefined : { asn: options.asn };
  const classifier = new ApplicationClassifier({
    books: () => [BOOK],
    placeOf: () => place,
    usesDnsNames: options.usesDnsNames ?? true,
  });
  return classifier.classify({
    transport: 6,
    clientIp: '10.0.0.2',
    serverIp: '203.0.113.9',
    serverPort: 443,
    ...facts,
  })?.application;
}

const asked = (serverName: string): Partial<FlowFacts> => ({ serverName, serverNameFrom: 'sni' });
const lookedUp = (serverName: string): Partial<FlowFacts> => ({ serverName, serverNameFrom: 'dns' });

test('every sign alone names a flow', () => {
  assert.equal(nameOf(asked('www.tv.example')), 'Example TV');
  assert.equal(nameOf({ serverName: 'tv.example', serverNameFrom: 'host' }), 'Example TV');
  assert.equal(nameOf({ alpn: ['h2', 'game/2'] }), 'Example Game');
  assert.equal(nameOf({ certificate: { subject: 'O=Example, CN=*.tv.example' } }), 'Example TV');
  assert.equal(nameOf({ certificate: { subject: 'CN=Example Desk 3' } }), 'Example Desk');
  assert.equal(nameOf({ clientSoftware: 'TV Player/3.1 (Linux)' }), 'Example TV');
  assert.equal(nameOf({ protocol: 'example-game', protocolFrom: 'payload' }), 'Example Game');
  assert.equal(nameOf(lookedUp('tv.example')), 'Example TV');
  assert.equal(nameOf({}, { asn: 64500 }), 'Example Game');
  assert.equal(nameOf({}), undefined);
});

test('what is better known goes before what is less', () => {
  assert.equal(nameOf({ ...asked('tv.example'), alpn: ['game/1'], clientSoftware: 'TV Player' }), 'Example TV');
  assert.equal(nameOf({ ...asked('x.cdn.example'), clientSoftware: 'TV Player/1' }), 'Example TV');
  assert.equal(nameOf({ ...asked('x.cdn.example'), protocol: 'example-game' }), 'Example Game');
  assert.equal(nameOf(asked('x.cdn.example')), 'Example CDN');
  assert.equal(nameOf({ ...lookedUp('tv.example'), protocol: 'example-game' }), 'Example Game');
  assert.equal(nameOf({ ...asked('other.example'), certificate: { subject: 'CN=tv.example' } }), undefined);
  assert.equal(nameOf({ ...asked('203.0.113.9'), certificate: { subject: 'CN=tv.example' } }), 'Example TV');
  assert.equal(nameOf(asked('other.example'), { asn: 64500 }), undefined);
});

test('a guess by port is no reason to name an application', () => {
  assert.equal(nameOf({ protocol: 'example-game', protocolFrom: 'port' }), undefined);
});

test('names from DNS can be left aside', () => {
  assert.equal(nameOf(lookedUp('tv.example'), { usesDnsNames: false }), undefined);
  assert.equal(nameOf(asked('tv.example'), { usesDnsNames: false }), 'Example TV');
});

test('a certificate of many masters names nobody, the one of a CDN its customer', () => {
  const many = ['a.example', 'b.example', 'tv.example', 'c.example'];
  assert.equal(nameOf({ certificate: { names: many } }), undefined);
  assert.equal(nameOf({ certificate: { names: ['tv.example', '*.tv.example', 'a.example'] } }), 'Example TV');
  const ofCdn = { subject: 'CN=ssl.cdn.example', names: ['ssl.cdn.example', 'tv.example', '*.tv.example'] };
  assert.equal(nameOf({ certificate: ofCdn }), 'Example TV');
  assert.equal(nameOf({ certificate: { subject: 'CN=ssl.cdn.example', names: many } }), 'Example CDN');
});

test('what a protocol has named gets its category, and no other name', () => {
  const classifier = new ApplicationClassifier({ books: () => [BOOK], usesDnsNames: true });
  const facts = {
    transport: 6,
    clientIp: '10.0.0.2',
    serverIp: '203.0.113.9',
    serverPort: 443,
    ...asked('tv.example'),
  };
  assert.deepEqual(classifier.classify({ ...facts, application: 'example-GAME' }), {
    application: 'example-GAME',
    category: 'games',
  });
  assert.equal(classifier.classify({ ...facts, application: 'Something' }), undefined);
});

test('two applications cannot have one sign', () => {
  const text = '[a]\nOne = x.example protocol:p-1\nTwo = y.example\nThree = protocol:P1';
  assert.throws(() => bookOf(text), { message: `services:4: "protocol:P1" is already One's (services:2)` });
  assert.throws(() => bookOf('[a]\nOne = x.example\nTwo = x.example'), /services:3: "x.example" is already One's/);
});

test('whatever is known of a flow, the built-in services answer', () => {
  const classifier = new ApplicationClassifier({ books: () => [builtin], usesDnsNames: true });
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  const facts: fc.Arbitrary<Partial<FlowFacts>> = fc.record(
    {
      serverName: text,
      serverNameFrom: fc.constantFrom('sni' as const, 'host' as const, 'dns' as const),
      alpn: fc.array(text, { maxLength: 4 }),
      clientSoftware: text,
      protocol: text,
      certificate: fc.record({ subject: text, names: fc.array(text, { maxLength: 16 }) }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(facts, text, (some, serverIp) => {
      const answer = classifier.classify({ transport: 6, clientIp: '', serverIp, serverPort: 0, ...some });
      assert.ok(answer === undefined || answer.application.length > 0);
    }),
  );
});

const builtin = builtinBook();
