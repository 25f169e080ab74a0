import assert from 'node:assert/strict';
import test from 'node:test';
import { sdpMedia } from '@kaipo/core/wire/sdp.js';
import fc from 'fast-check';
import { ascii } from '../../fixtures/bytes.js';

function media(text: string): readonly string[] {
  const bytes = ascii(text);
  return sdpMedia(bytes, 0, bytes.length).map(({ ip, port, rtcpPort }) => `${ip} ${port} ${rtcpPort}`);
}

test('media have the address of the session, or their own', () => {
  const text = [
    'v=0',
    'o=alice 2890844526 2890844526 IN IP4 host.example.com',
    'c=IN IP4 192.0.2.7',
    't=0 0',
    'm=audio 49170 RTP/AVP 0',
    'm=video 51372/2 UDP/TLS/RTP/SAVPF 99',
    'c=IN IP6 2001:db8::7',
    'a=rtcp:53020',
    '',
  ].join('\r\n');
  assert.deepEqual(media(text), ['192.0.2.7 49170 49171', '2001:db8::7 51372 53020']);
  assert.deepEqual(media(text.replaceAll('\r\n', '\n')), ['192.0.2.7 49170 49171', '2001:db8::7 51372 53020']);
});

test('what is refused, not RTP, or without an address is left out', () => {
  assert.deepEqual(media('v=0\r\nc=IN IP4 192.0.2.7\r\nm=audio 0 RTP/AVP 0\r\nm=image 4000 udptl t38\r\n'), []);
  assert.deepEqual(media('v=0\r\nm=audio 4000 RTP/AVP 0\r\n'), []);
  assert.deepEqual(media('v=0\r\nm=image 4000 udptl t38\r\nc=IN IP4 192.0.2.8\r\nm=audio 4002 RTP/AVP 0\r\n'), []);
});

test('bounded, whatever the bytes', () => {
  assert.equal(media(`c=IN IP4 192.0.2.7\r\n${'m=audio 4000 RTP/AVP 0\r\n'.repeat(100)}`).length, 16);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      sdpMedia(bytes, 0, bytes.length);
    }),
  );
});
