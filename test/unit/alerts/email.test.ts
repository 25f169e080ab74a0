import assert from 'node:assert/strict';
import test from 'node:test';
import { type EmailOptions, emailChannel } from '@kaipo/cli/alerts/channels/email.js';
import { delivery, hostileIncident, incident, never } from './alert-fixtures.js';
import { SmtpPeer } from './smtp-peer.js';

async function withPeer(replies: Record<string, string>, body: (peer: SmtpPeer) => Promise<void>): Promise<void> {
  const peer = await new SmtpPeer(replies).listen();
  try {
    await body(peer);
  } finally {
    await peer.close();
  }
}

const to = ({ port }: SmtpPeer, more: Partial<EmailOptions> = {}) =>
  emailChannel({
    ...{
      name: 'mail',
      host: '127.0.0.1',
      port,
      tls: 'none',
      from: 'kaipo@a.example',
      to: ['x@b.example', 'y@b.example'],
    },
    ...more,
  });

/** Header lines of a letter, folded ones joined. */
const headersOf = (text: string): readonly string[] =>
  text
    .split('\r\n\r\n')[0]!
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');

test('a letter to everybody, with an id of its own, in the thread of its incident', () =>
  withPeer({}, async (peer) => {
    const channel = to(peer);
    assert.deepEqual(await channel.deliver(delivery('msg_1'), never()), { kind: 'delivered' });
    await channel.deliver(delivery('msg_1'), never());
    await channel.deliver(delivery('msg_2', { reason: 'resolved' }), never());
    const [first, again, over] = peer.letters;
    assert.deepEqual([first!.from, first!.to], ['kaipo@a.example', ['x@b.example', 'y@b.example']]);
    assert.match(first!.text, /^Subject: \[warning\] 10\.0\.0\.9 tried 1000 ports of this host\r$/m);
    assert.match(first!.text, /^Auto-Submitted: auto-generated\r$/m);
    assert.match(first!.text, /^ports: 1000\r?$/m);
    assert.match(over!.text, /^Subject: \[over\]/m);
    const header = (text: string, name: string) => headersOf(text).find((line) => line.startsWith(`${name}: `));
    assert.equal(header(first!.text, 'Message-ID'), 'Message-ID: <msg_1@host1.kaipo>');
    assert.equal(header(again!.text, 'Message-ID'), header(first!.text, 'Message-ID'));
    assert.equal(header(over!.text, 'References'), header(first!.text, 'References'));
  }));

test('a captured name adds no header, no receiver and no command', () =>
  withPeer({}, async (peer) => {
    const device = { id: 'x\r\nDATA', hostname: 'h\r\nRCPT TO:<evil@example.org>' };
    const summary = 'a\r\nBcc: evil@example.org\r\n\r\n.\r\nMAIL FROM:<evil@example.org>\r\n';
    await to(peer).deliver(
      delivery('id\r\nBcc: evil@e', { of: [incident({ summary, subject: summary })], device }),
      never(),
    );
    await to(peer).deliver(delivery('2', { of: [hostileIncident()] }), never());
    assert.equal(peer.letters.length, 2);
    for (const { text, from, to: receivers } of peer.letters) {
      assert.deepEqual([from, receivers.length], ['kaipo@a.example', 2]);
      for (const line of headersOf(text)) assert.doesNotMatch(line, /^(bcc|cc|rcpt|mail)\b/i);
    }
    assert.equal(peer.commands.filter((line) => /evil/.test(line)).length, 0);
  }));

for (const [what, replies, expected] of [
  ['busy for now', { MAIL: '451 later' }, { kind: 'failed', detail: 'the mail server answered: 451 later' }],
  [
    'a letter it does not want',
    { 'DATA.': '554 spam' },
    { kind: 'refused', detail: 'the mail server answered: 554 spam' },
  ],
  ['a greeting that says no', { greeting: '421 full' }, { kind: 'failed' }],
] as const) {
  test(`${what}: ${expected.kind}`, () =>
    withPeer(replies, async (peer) => {
      const outcome = await to(peer).deliver(delivery('1'), never());
      assert.deepEqual(
        { ...outcome, ...('detail' in expected ? {} : { detail: undefined }) },
        { detail: undefined, ...expected },
      );
    }));
}

test('with starttls nothing is sent in the clear, and no password to whom has no TLS', () =>
  withPeer({ STARTTLS: '502 none here' }, async (peer) => {
    const login = { user: 'u', password: 'pa55' };
    const outcome = await to(peer, { tls: 'starttls', login }).deliver(delivery('1'), never());
    assert.equal(outcome.kind, 'failed');
    assert.equal(peer.letters.length, 0);
    assert.ok(
      peer.commands.every((line) => !/AUTH|MAIL/.test(line)),
      peer.commands.join('\n'),
    );
  }));

test('a server that says nothing, and one that is not there', async () => {
  await withPeer({ EHLO: '' }, async (peer) => {
    const outcome = await to(peer, { timeoutMs: 200 }).deliver(delivery('1'), never());
    assert.equal(outcome.kind, 'failed');
  });
  const gone = await new SmtpPeer().listen();
  const { port } = gone;
  await gone.close();
  const outcome = await to({ port } as SmtpPeer).deliver(delivery('1'), never());
  assert.equal(outcome.kind, 'failed');
});
