import assert from 'node:assert/strict';
import test from 'node:test';
import { MAX_BODY_BYTES } from '@kaipo/cli/alerts/channels/parts/delivery-json.js';
import { isPublicAddress } from '@kaipo/cli/alerts/channels/parts/public-address.js';
import { webhookSecrets } from '@kaipo/cli/alerts/channels/parts/standard-signature.js';
import { webhookChannel } from '@kaipo/cli/alerts/channels/webhook.js';
import { Webhook } from 'standardwebhooks';
import { type Answer, delivery, HOSTILE, hostileIncident, incident, never, Receiver } from './alert-fixtures.js';

const OLD = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(64, 2).toString('base64')}`;

async function withReceiver(answer: Answer, body: (receiver: Receiver) => Promise<void>): Promise<void> {
  const receiver = await Receiver.open(() => answer);
  try {
    await body(receiver);
  } finally {
    await receiver.close();
  }
}

const channelTo = (url: string, more: { allowPrivate?: boolean; timeoutMs?: number } = {}) =>
  webhookChannel({
    name: 'hook',
    url,
    allowPrivate: true,
    secrets: webhookSecrets(`# being replaced\n${OLD}\n\n${NEW}\n`, 'file'),
    ...more,
  });

test('a webhook verifies with the library of the standard, under the old and under the new secret', () =>
  withReceiver(204, async (receiver) => {
    const channel = channelTo(receiver.url);
    assert.deepEqual(await channel.deliver(delivery('msg_1'), never()), { kind: 'delivered' });
    const [got] = receiver.received;
    const headers = got!.headers as Record<string, string>;
    for (const secret of [OLD, NEW]) {
      const payload = new Webhook(secret).verify(got!.body, headers) as Record<string, unknown>;
      assert.equal(payload['type'], 'alert.opened');
      assert.equal(payload['timestamp'], '2023-11-14T22:14:21Z');
    }
    const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    assert.throws(() => new Webhook(other).verify(got!.body, headers));
    assert.throws(() => new Webhook(OLD).verify(`${got!.body} `, headers));
    assert.equal(got!.headers['webhook-id'], 'msg_1');
    await channel.deliver(delivery('a.b\r\nx: y'), never());
    assert.equal(receiver.received[1]!.headers['webhook-id'], 'a_b__x__y', 'no dot, no new header');
    new Webhook(NEW).verify(receiver.received[1]!.body, receiver.received[1]!.headers as Record<string, string>);
  }));

test('a body is bounded whatever is in it, and its texts are safe', () =>
  withReceiver(200, async (receiver) => {
    const long = 'x'.repeat(100_000);
    const evidence = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}${long}`, long]));
    const one = incident({ summary: long, subject: long, evidence });
    await channelTo(receiver.url).deliver(delivery('1', { of: [one] }), never());
    await channelTo(receiver.url).deliver(delivery('2', { of: Array.from({ length: 300 }, () => one) }), never());
    await channelTo(receiver.url).deliver(delivery('3', { of: [hostileIncident()] }), never());
    for (const { body } of receiver.received) assert.ok(Buffer.byteLength(body) < MAX_BODY_BYTES, String(body.length));
    const digest = JSON.parse(receiver.received[1]!.body);
    assert.equal(digest.type, 'alert.digest');
    assert.equal(digest.data.incidents.length + digest.data.leftOut, 300);
    assert.ok(digest.data.incidents.length > 0);
    const { summary } = JSON.parse(receiver.received[2]!.body).data.incidents[0];
    assert.doesNotMatch(summary, /[\u0000-\u001f\u202e]/);
    assert.equal(summary.length, HOSTILE.length);
  }));

for (const [what, answer, expected] of [
  ['500', 500, { kind: 'failed', detail: 'the receiver answered 500: said' }],
  ['404', 404, { kind: 'refused', detail: 'the receiver answered 404: said' }],
  ['410', 410, { kind: 'gone', detail: 'the receiver answered 410: said' }],
  ['an answer that breaks off', 'half', { kind: 'failed', detail: 'the receiver broke the connection off' }],
  ['a connection that breaks off', 'drop', { kind: 'failed', detail: 'the receiver broke the connection off' }],
  ['no answer', 'hang', { kind: 'failed', detail: 'no answer within 0.1 s' }],
] as const satisfies readonly (readonly [string, Answer, object])[]) {
  test(`${what}: ${expected.kind}`, () =>
    withReceiver(answer, async (receiver) => {
      const outcome = await channelTo(receiver.url, { timeoutMs: answer === 'hang' ? 100 : 5000 }).deliver(
        delivery('1'),
        never(),
      );
      assert.deepEqual(outcome, expected);
    }));
}

test('an answer that never ends is not read to its end', () =>
  withReceiver(
    (response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1000)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    },
    async (receiver) => {
      assert.deepEqual(await channelTo(receiver.url).deliver(delivery('1'), never()), { kind: 'delivered' });
    },
  ));

test('redirects are not followed', () =>
  withReceiver(
    (response) => response.writeHead(307, { location: '/elsewhere' }).end(),
    async (receiver) => {
      const outcome = await channelTo(receiver.url).deliver(delivery('1'), never());
      assert.deepEqual(outcome, {
        kind: 'refused',
        detail: 'the receiver answered 307 (redirects are not followed)',
      });
      assert.equal(receiver.received.length, 1);
    },
  ));

test('Retry-After is seconds, or a date, and bounded', async () => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  for (const [header, low, high] of [
    ['7', 7000, 7000],
    ['0.25', 250, 250],
    [inAMinute, 55_000, 60_000],
    ['99999999999', 86_400_000, 86_400_000],
  ] as const) {
    await withReceiver(
      (response) => response.writeHead(429, { 'retry-after': header }).end(),
      async (receiver) => {
        const outcome = await channelTo(receiver.url).deliver(delivery('1'), never());
        assert.equal(outcome.kind, 'failed');
        const { retryAfterMs = -1 } = outcome as { retryAfterMs?: number };
        assert.ok(retryAfterMs >= low && retryAfterMs <= high, `${header}: ${retryAfterMs}`);
      },
    );
  }
});

test('without leave only https to addresses of the internet: by number, in any notation, and by name at the moment of connecting', () =>
  withReceiver(200, async (receiver) => {
    const { port } = receiver;
    for (const host of ['127.0.0.1', '0x7f.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254']) {
      const channel = channelTo(`https://${host}:${port}/`, { allowPrivate: false });
      const outcome = await channel.deliver(delivery('1'), never());
      assert.equal(outcome.kind, 'refused', `${host} ${JSON.stringify(outcome)}`);
      assert.match((outcome as { detail: string }).detail, /no public address/);
    }
    const named = await channelTo(`https://localhost:${port}/`, { allowPrivate: false }).deliver(
      delivery('1'),
      never(),
    );
    assert.equal(named.kind, 'refused', JSON.stringify(named));
    const plain = await channelTo(`http://example.org:${port}/`, { allowPrivate: false }).deliver(
      delivery('1'),
      never(),
    );
    assert.match((plain as { detail: string }).detail, /only https/);
    assert.equal(receiver.received.length, 0);
  }));

test('public is what the internet routes', () => {
  for (const address of ['1.1.1.1', '93.184.216.34', '2606:4700::1111', '64:ff9b::101:101', '223.255.255.255']) {
    assert.ok(isPublicAddress(address), address);
  }
  const no =
    '0.0.0.0 10.1.2.3 100.64.0.1 127.9.9.9 169.254.1.1 172.31.255.255 192.168.0.1 192.0.2.1 198.19.0.1 224.0.0.1 255.255.255.255 ' +
    ':: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 ff02::1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 2001::1 localhost x';
  for (const address of no.split(' ')) assert.ok(!isPublicAddress(address), address);
});

test('a secret that is none is refused, and not shown', () => {
  for (const text of ['', 'whsec_', `whsec_${Buffer.alloc(23).toString('base64')}`, 'hunter2', `${OLD}\n`.repeat(5)]) {
    assert.throws(
      () => webhookSecrets(text, 'the file'),
      (error: Error) => error.message.startsWith('the file') && !error.message.includes('hunter2'),
    );
  }
});
