// Flows that others announce: the data connections of FTP, the media of SIP, RTSP and MGCP, the transfers of TFTP. Also who may
// announce what, for how long, and how much.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineProtocol, MATCH, NOT_MINE, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { ftpDataPort } from '@kaipo/plugins/protocols/ftp/ftp-data-port.js';
import { ascii } from '../../fixtures/bytes.js';
import { endedFlows } from '../../fixtures/ended-flows.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { frameBatch } from '../../fixtures/synthetic-traffic.js';
import { ACK, type End, PSH, SYN, tcp, udp } from '../../fixtures/transport-layers.js';

const CLIENT = '192.0.2.10';
const SERVER = '198.51.100.20';
const START_US = 1_767_225_600_000_000;
/** Nobody knows these by themselves. */
const ANYTHING = ascii('Just some bytes, as a file or a codec may have them.');

const end = (ip: string, port: number): End => ({ ip, port });

/** A connection on which each of `said` is a segment: "> USER anna" of the client, "< 331 …" of the server. */
function connection(client: End, server: End, said: readonly string[]): Uint8Array[] {
  const next = new Map([
    [client, 1],
    [server, 1],
  ]);
  const frames = [
    ethernetIp(tcp(client, server, { flags: SYN, seq: 0 })),
    ethernetIp(tcp(server, client, { flags: SYN | ACK, seq: 0, ack: 1 })),
  ];
  for (const line of said) {
    const [from, to] = line.startsWith('>') ? [client, server] : [server, client];
    const payload = ascii(`${line.slice(2)}\r\n`);
    frames.push(ethernetIp(tcp(from, to, { flags: PSH | ACK, seq: next.get(from)!, ack: next.get(to)!, payload })));
    next.set(from, next.get(from)! + payload.length);
  }
  return frames;
}

const data = (client: End, server: End): Uint8Array[] => connection(client, server, [`< ${'x'.repeat(100)}`]);
const datagram = (from: End, to: End, payload = ANYTHING): Uint8Array => ethernetIp(udp(from, to, payload));

/** Names by "client port > server port"; `laterUs` parts the first frames from the second. */
function named(first: readonly Uint8Array[], second: readonly Uint8Array[], laterUs = 1e6): Record<string, string> {
  const engine = new Engine({ plugins: builtinPlugins, maxFlows: 256 });
  const flows = endedFlows(engine);
  engine.process(frameBatch([...first], START_US));
  engine.process(frameBatch([...second], START_US + laterUs));
  engine.finish();
  return Object.fromEntries(
    flows.map(({ client, server, protocol, protocolFrom }) => [
      `${client.port} > ${server.port}`,
      protocolFrom === 'payload' ? (protocol ?? '') : '',
    ]),
  );
}

const control = (...said: readonly string[]): Uint8Array[] =>
  connection(end(CLIENT, 40_000), end(SERVER, 21), ['< 220 FTP ready', '> USER anna', '< 331 password', ...said]);

describe('the data connection of FTP', () => {
  const toServer = data(end(CLIENT, 40_001), end(SERVER, 50_000));
  const toClient = data(end(SERVER, 20_020), end(CLIENT, 50_000));

  it('is where the server says', () => {
    assert.equal(named([], toServer)['40001 > 50000'], '');
    for (const said of [
      '< 227 Entering Passive Mode (198,51,100,20,195,80).',
      '< 227 =10,0,0,1,195,80',
      '< 229 Entering Extended Passive Mode (|||50000|)',
    ])
      assert.equal(named(control(said), toServer)['40001 > 50000'], 'ftp-data', said);
  });

  it('or the client', () => {
    for (const said of ['> PORT 192,0,2,10,195,80', '> EPRT |1|192.0.2.10|50000|', '> eprt |2|2001:db8::10|50000|'])
      assert.equal(named(control(said), toClient)['20020 > 50000'], 'ftp-data', said);
  });

  it('is of the two ends of the control connection only, on no port of a service, and soon', () => {
    const elsewhere = data(end(CLIENT, 40_001), end('203.0.113.9', 50_000));
    assert.equal(named(control('< 227 ok (203,0,113,9,195,80)'), elsewhere)['40001 > 50000'], '');
    const service = data(end(CLIENT, 40_001), end(SERVER, 25));
    assert.equal(named(control('< 227 ok (198,51,100,20,0,25)'), service)['40001 > 25'], '');
    assert.equal(named(control('< 227 ok (198,51,100,20,195,80)'), toServer, 200e6)['40001 > 50000'], '');
  });

  it('is called by its own bytes where somebody knows them', () => {
    const ssh = connection(end(CLIENT, 40_001), end(SERVER, 50_000), [
      '< SSH-2.0-OpenSSH_9.6',
      '> SSH-2.0-OpenSSH_9.6',
    ]);
    assert.equal(named(control('< 227 ok (198,51,100,20,195,80)'), ssh)['40001 > 50000'], 'ssh');
  });

  it('ports are read as they are written, and nothing else is one', () => {
    assert.equal(ftpDataPort('PORT 1,2,3,4,300,1'), undefined);
    assert.equal(ftpDataPort('Entering Extended Passive Mode (!!!6446!)'), 6446);
    assert.equal(ftpDataPort('EPRT |1|132.235.1.2|6275|'), 6275);
    assert.equal(ftpDataPort('no port here'), undefined);
  });
});

const SDP = ['v=0', 'o=- 1 1 IN IP4 192.0.2.10', 's=-', 'c=IN IP4 192.0.2.77', 't=0 0', 'm=audio 40100 RTP/AVP 8', ''];
const INVITE = [
  'INVITE sip:bob@example.com SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.10',
  'Content-Type: application/sdp',
  `Content-Length: ${SDP.join('\r\n').length}`,
  '',
];

describe('media', () => {
  const media = [
    datagram(end('203.0.113.5', 30_000), end('192.0.2.77', 40_100)),
    datagram(end('203.0.113.5', 30_001), end('192.0.2.77', 40_101)),
  ];
  const isNamed = (flows: Record<string, string>): void => {
    assert.equal(flows['30000 > 40100'], 'rtp');
    assert.equal(flows['30001 > 40101'], 'rtcp');
  };

  it('of SIP over UDP and over TCP', () => {
    const text = [...INVITE, ...SDP].join('\r\n');
    isNamed(named([datagram(end(CLIENT, 5060), end(SERVER, 5060), ascii(text))], media));
    const [head, body] = [INVITE.join('\r\n'), SDP.slice(0, -1).join('\r\n')];
    isNamed(named(connection(end(CLIENT, 5061), end(SERVER, 5060), [`> ${head}`, `> ${body}`]), media));
  });

  it('of MGCP', () => {
    const text = ['CRCX 1204 aaln/1@gw.example MGCP 1.0', 'C: A3C4', '', ...SDP].join('\r\n');
    isNamed(named([datagram(end(SERVER, 2727), end(CLIENT, 2427), ascii(text))], media));
  });

  it('of RTSP', () => {
    const flows = named(
      connection(end(CLIENT, 40_000), end(SERVER, 554), [
        '> SETUP rtsp://example.com/a RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP;unicast;client_port=40100-40101\r\n',
        '< RTSP/1.0 200 OK\r\nCSeq: 3\r\nTransport: RTP/AVP;unicast;client_port=40100-40101;server_port=30000-30001\r\n',
      ]),
      [
        datagram(end('203.0.113.5', 30_000), end(CLIENT, 40_100)),
        datagram(end('203.0.113.5', 30_001), end(CLIENT, 40_101)),
      ],
    );
    isNamed(flows);
  });
});

it('the transfer of TFTP', () => {
  const request = ascii('\0\u0001boot.img\0octet\0');
  const flows = named(
    [datagram(end(CLIENT, 40_000), end(SERVER, 69), request)],
    [datagram(end(SERVER, 41_000), end(CLIENT, 40_000), ascii('\0\u0003\0\u0001data'))],
  );
  assert.equal(flows['41000 > 40000'], 'tftp');
});

describe('the table', () => {
  function announcing(say: (flow: ProtocolFlow) => void): Engine {
    const probe = (): typeof NOT_MINE => NOT_MINE;
    const announcer = defineProtocol('a test', {
      name: 'announcer',
      transports: ['udp'],
      probe: () => MATCH,
      open: (flow) => {
        say(flow);
        return { read: () => 0 };
      },
    });
    const other = defineProtocol('a test', { name: 'other', transports: ['tcp'], probe });
    const engine = new Engine({ plugins: [announcer, other], maxFlows: 16 });
    engine.process(frameBatch([datagram(end(CLIENT, 40_000), end(SERVER, 50_000))], START_US));
    return engine;
  }

  it('is bounded, the oldest goes first and is counted', () => {
    const { inspection } = announcing((flow) => {
      for (let port = 2000; port < 7000; port++) flow.expect('tcp', SERVER, port, 'other');
    });
    assert.deepEqual([inspection.expected.size, inspection.expected.evicted], [4096, 904]);
  });

  it('takes no protocol that is not there, no other transport, and no text for an address', () => {
    const { inspection } = announcing((flow) => {
      flow.expect('tcp', SERVER, 5000, 'nobody');
      flow.expect('udp', SERVER, 5000, 'other');
      flow.expect('tcp', 'example.com', 5000, 'other');
      flow.expect('tcp', SERVER, 70_000, 'other');
      flow.expect('tcp', SERVER, Number.NaN, 'other');
    });
    assert.equal(inspection.expected.size, 0);
  });

  it('knows an address however it is written', () => {
    const engine = announcing((flow) => flow.expect('tcp', '2001:DB8:0:0::7', 5000, 'other'));
    const flows = endedFlows(engine);
    engine.process(frameBatch(data(end('2001:db8::9', 40_000), end('2001:db8::7', 5000)), START_US + 1000));
    engine.finish();
    assert.deepEqual(flows.map(({ protocol }) => protocol).sort(), ['announcer', 'other']);
  });
});
