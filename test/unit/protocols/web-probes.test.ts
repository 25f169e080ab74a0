import assert from 'node:assert/strict';
import test from 'node:test';
import { type KaipoPlugin, MATCH, NOT_MINE, type Probe, UNSURE } from '@kaipo/core/api/index.js';
import { haproxyPlugin } from '@kaipo/plugins/protocols/haproxy/index.js';
import { httpPlugin } from '@kaipo/plugins/protocols/http/index.js';
import { http2Plugin } from '@kaipo/plugins/protocols/http2/index.js';
import { jsonRpcPlugin } from '@kaipo/plugins/protocols/json-rpc/index.js';
import { rtspPlugin } from '@kaipo/plugins/protocols/rtsp/index.js';
import { shoutcastPlugin } from '@kaipo/plugins/protocols/shoutcast/index.js';
import { ssdpPlugin } from '@kaipo/plugins/protocols/ssdp/index.js';
import { tivoconnectPlugin } from '@kaipo/plugins/protocols/tivoconnect/index.js';
import { websocketPlugin } from '@kaipo/plugins/protocols/websocket/index.js';
import { wsdPlugin } from '@kaipo/plugins/protocols/wsd/index.js';
import { xmlPlugin } from '@kaipo/plugins/protocols/xml/index.js';
import { probeOf, protocolsOf } from '../../fixtures/probe.js';
import { seededRandom } from '../../fixtures/seeded-random.js';

const PLUGINS: readonly KaipoPlugin[] = [
  haproxyPlugin,
  httpPlugin,
  http2Plugin,
  jsonRpcPlugin,
  rtspPlugin,
  shoutcastPlugin,
  ssdpPlugin,
  tivoconnectPlugin,
  websocketPlugin,
  wsdPlugin,
  xmlPlugin,
];
const MIDDLE = { fromStart: false };

function verdict(plugin: KaipoPlugin, payload: string, fields: Partial<Probe> = {}): number {
  return protocolsOf(plugin)[0]!.probe(probeOf(Buffer.from(payload, 'latin1'), fields));
}

test('what only looks alike is left to others', () => {
  for (const [plugin, payload, fields] of [
    [httpPlugin, 'OPTIONS sip:a@b SIP/2.0\r\n', {}],
    [httpPlugin, 'DESCRIBE rtsp://a/ RTSP/1.0\r\n', {}],
    [httpPlugin, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', {}],
    [httpPlugin, '<html><title>', {}],
    [httpPlugin, 'GETTING STARTED', {}],
    [rtspPlugin, 'OPTIONS * HTTP/1.1\r\n', {}],
    [rtspPlugin, '$\0\0\x10\x80\x60aaaaaaaaaaaaaa', {}],
    [rtspPlugin, '$\0\0\x11\x80\x60aaaaaaaaaaaaaa', MIDDLE],
    [ssdpPlugin, 'GET / HTTP/1.1\r\n', { transport: 17 }],
    [ssdpPlugin, 'NOTIFY sip:a@b SIP/2.0\r\n', { transport: 17 }],
    [xmlPlugin, "<?xml version='1.0'?><stream:stream to='a'>", {}],
    [xmlPlugin, '<html xmlns="http://www.w3.org/1999/xhtml">', {}],
    [jsonRpcPlugin, '{"id":1,"jsonrpc":"2.0","method":"login","params":{}}', {}],
    [jsonRpcPlugin, '{"id":1,"method":"mining.subscribe"}', { packets: 4 }],
    [jsonRpcPlugin, '{"jsonrpc":3}                       ', {}],
    [haproxyPlugin, 'PROXY UDP4 1.2.3.4', {}],
    [haproxyPlugin, '\r\n\r\n\0\r\nQUIT\n\x41\x11\0\x0c', {}],
    [http2Plugin, '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0', MIDDLE],
    [http2Plugin, 'PRI * HTTP/2.1\r\n\r\n', {}],
    [websocketPlugin, '\x81\x0aabcdefghij', {}],
    [websocketPlugin, '\x81\x0babcdefghij', MIDDLE],
    [
      wsdPlugin,
      `<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/">${' '.repeat(64)}`,
      { transport: 17 },
    ],
  ] as const)
    assert.equal(verdict(plugin, payload, fields), NOT_MINE, payload);
});

test('a beginning is waited for, the whole matches', () => {
  for (const [plugin, payload, least] of [
    [httpPlugin, 'PROPFIND /a HTTP/1.1\r\n', 22],
    [httpPlugin, 'HTTP/1.1 200', 12],
    [rtspPlugin, 'GET_PARAMETER rtsp://a/ RTSP/1.0\r\n', 18],
    [rtspPlugin, 'RTSP/1.0 200', 12],
    [haproxyPlugin, 'PROXY TCP4 ', 11],
    [haproxyPlugin, '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c', 16],
    [http2Plugin, 'PRI * HTTP/2.0\r\n', 16],
    [shoutcastPlugin, 'OK2\r\nicy-', 9],
    [tivoconnectPlugin, 'TiVoConnect=', 12],
  ] as const)
    for (let length = 1; length <= payload.length; length++)
      assert.equal(
        verdict(plugin, payload.slice(0, length)),
        length < least ? UNSURE : MATCH,
        payload.slice(0, length),
      );
});

test('a request line that was captured cut is enough with its method and the beginning of a target', () => {
  assert.equal(verdict(httpPlugin, 'GET /images/a.gif', { isCut: true }), MATCH);
  assert.equal(verdict(httpPlugin, 'GET something else', { isCut: true }), UNSURE);
});

test("noise is nobody's, on their own ports too", () => {
  const random = seededRandom(4);
  const specs = PLUGINS.flatMap((plugin) => protocolsOf(plugin));
  for (let round = 0; round < 30_000; round++) {
    const bytes = Uint8Array.from({ length: 1 + (round % 120) }, () =>
      round % 3 === 0 ? random() * 256 : round % 3 === 1 ? 32 + random() * 95 : random() * 6,
    );
    for (const spec of specs) {
      if (spec.firstBytes !== undefined) bytes[0] = spec.firstBytes[round % spec.firstBytes.length]!;
      const transport = spec.transports.includes('tcp') ? 6 : 17;
      const serverPort = spec.ports?.[0] ?? 80;
      const answer = spec.probe(probeOf(bytes, { transport, serverPort, fromStart: round % 2 === 0 }));
      assert.notEqual(answer, MATCH, `${spec.name} ${Buffer.from(bytes).toString('hex')}`);
    }
  }
});
