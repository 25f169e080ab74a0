import assert from 'node:assert/strict';
import test from 'node:test';
import { DONE, type FlowReader, HAND_OVER, type HttpExchanged, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { httpPlugin } from '@kaipo/plugins/protocols/http/index.js';
import { http2Plugin } from '@kaipo/plugins/protocols/http2/index.js';
import { protocolsOf } from '../../fixtures/probe.js';

interface Recorded {
  readonly events: HttpExchanged[];
  readonly names: string[];
  tsUs: number;
}

/** A reader of the plugin with what it says about its flow. */
function readerOf(plugin: typeof httpPlugin): { reader: FlowReader; recorded: Recorded } {
  const recorded: Recorded = { events: [], names: [], tsUs: 1 };
  const flow: ProtocolFlow = {
    clientIp: '192.0.2.1',
    serverIp: '192.0.2.2',
    clientPort: 40_000,
    serverPort: 80,
    transport: 6,
    get tsUs() {
      return recorded.tsUs;
    },
    rename: (name) => recorded.names.push(name),
    expect: () => undefined,
    setServerName: () => undefined,
    setApplication: () => undefined,
    setDetails: () => undefined,
    write: (event) => recorded.events.push(event as HttpExchanged),
  };
  return { reader: protocolsOf(plugin)[0]!.open!(flow), recorded };
}

interface Talk {
  say(text: string, fromClient: boolean): number;
  gap(bytes: number, fromClient: boolean): void;
  /** method, path and status of each exchange, after the end. */
  end(): string[];
  readonly recorded: Recorded;
}

function talk(): Talk {
  const { reader, recorded } = readerOf(httpPlugin);
  return {
    recorded,
    say(text, fromClient) {
      recorded.tsUs += 1;
      const bytes = Buffer.from(text, 'latin1');
      return reader.read(bytes, 0, bytes.length, fromClient);
    },
    gap(bytes, fromClient) {
      recorded.tsUs += 1;
      assert.equal(reader.gap?.(fromClient, bytes), true);
    },
    end() {
      reader.end?.();
      return recorded.events.map(({ method, path, status }) =>
        [method, path, status].filter((x) => x !== undefined).join(' '),
      );
    },
  };
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`;
const ok = (length: number, body = ''): string => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${body}`;

test('pipelined requests get their own responses; what was not answered is told at the end', () => {
  const { say, end } = talk();
  say(get('/1') + get('/2') + get('/3'), true);
  say(`HTTP/1.1 100 Continue\r\n\r\n${ok(1, 'x')}HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n`, false);
  assert.deepEqual(end(), ['GET /1 200', 'GET /2 404', 'GET /3']);
});

test('an exchange is told when its response has come to its end', () => {
  const { say, end, recorded } = talk();
  say(get('/slow'), true);
  say(ok(10, 'half '), false);
  assert.equal(recorded.events.length, 0);
  say('more.', false);
  assert.equal(recorded.events.length, 1);
  assert.deepEqual(end(), ['GET /slow 200']);
});

test('the status is told of responses that were seen whole', () => {
  const { say, gap, end } = talk();
  say(get('/hole'), true);
  say(ok(100, 'begins'), false);
  gap(50, false);
  say('x'.repeat(44), false);
  say(get('/fine'), true);
  say(ok(2, 'ok'), false);
  say(get('/unfinished'), true);
  say(ok(9, 'no'), false);
  assert.deepEqual(end(), ['GET /hole', 'GET /fine 200', 'GET /unfinished']);
});

test('a packet that was captured cut tells all that its head says', () => {
  const { say, gap, end, recorded } = talk();
  say(get('/cut'), true);
  say('HTTP/1.1 206 Partial Content\r\nContent-Length: 5000\r\nServer: cut/1\r\nConte', false);
  recorded.tsUs -= 1;
  gap(1_000, false);
  assert.deepEqual(end(), ['GET /cut 206']);
  assert.equal(recorded.events[0]?.serverSoftware, 'cut/1');
});

test('a request line that was captured cut', () => {
  const { say, gap, end } = talk();
  assert.equal(say('GET /images/logo.gif HTT', true), 0);
  gap(400, true);
  assert.deepEqual(end(), ['GET /images/logo.gif']);
});

test('after lost responses the next one answers the latest request', () => {
  const { say, gap, end } = talk();
  say(get('/lost'), true);
  gap(300, false);
  say(get('/seen'), true);
  say(ok(0), false);
  assert.deepEqual(end(), ['GET /lost', 'GET /seen 200']);
});

test('more than 64 requests that wait: the oldest are told alone, the others get their own responses', () => {
  const { say, end } = talk();
  for (let i = 0; i < 70; i++) say(get(`/${i}`), true);
  for (let i = 0; i < 70; i++) say(`HTTP/1.1 ${200 + i} X\r\nContent-Length: 0\r\n\r\n`, false);
  const told = end();
  assert.equal(told.length, 76);
  assert.deepEqual(told.slice(0, 7), ['GET /0', 'GET /1', 'GET /2', 'GET /3', 'GET /4', 'GET /5', '200']);
  assert.equal(told[12], 'GET /6 206');
  assert.equal(told[75], 'GET /69 269');
});

test('HEAD and 304 have no body; a body without length ends with the connection', () => {
  const { say, end } = talk();
  say(`HEAD /h HTTP/1.1\r\n\r\n${get('/n')}${get('/c')}`, true);
  say(
    `${ok(500)}HTTP/1.1 304 N\r\nContent-Length: 500\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall the rest`,
    false,
  );
  assert.deepEqual(end(), ['HEAD /h 200', 'GET /n 304', 'GET /c 200']);
});

test('CONNECT hands over after success, goes on after refusal', () => {
  const connect = 'CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n';
  const open = talk();
  assert.equal(open.say(connect, true), connect.length);
  assert.equal(open.say('early', true), 0);
  open.say('HTTP/1.1 200 Established\r\n\r\n', false);
  assert.equal(open.say('early bytes', true), HAND_OVER);
  assert.deepEqual(open.end(), ['CONNECT b.test:443 200']);
  const refused = talk();
  refused.say(connect, true);
  refused.say(`HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno`, false);
  refused.say(get('/else'), true);
  assert.deepEqual(refused.end(), ['CONNECT b.test:443 407', 'GET /else']);
});

test('upgrades: websocket is renamed and done, others are handed over', () => {
  const up = (to: string): string =>
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${to}\r\n\r\n`;
  const ws = talk();
  ws.say(get('/ws'), true);
  assert.equal(ws.say(up('WebSocket'), false), DONE);
  assert.deepEqual([ws.recorded.names, ws.end()], [['websocket'], ['GET /ws 101']]);
  const other = talk();
  other.say(get('/up'), true);
  assert.equal(other.say(up('h2c'), false), up('h2c').length);
  assert.equal(other.say('PRI * HTTP/2.0', true), HAND_OVER);
});

test('targets: absolute, authority, too long; texts are safe', () => {
  const { say, end, recorded } = talk();
  say('GET http://user@abs.test:8080/p?q HTTP/1.0\r\n\r\n', true);
  say(`GET /${'a'.repeat(250)}?${'b'.repeat(250)} HTTP/1.1\r\nHost: x\r\nUser-Agent: e\x1b[31mvil\r\n\r\n`, true);
  end();
  const [first, second] = recorded.events;
  assert.deepEqual([first?.host, first?.path], ['abs.test:8080', '/p?q']);
  assert.equal(second?.path, `/${'a'.repeat(250)}`);
  assert.equal(second?.userAgent, 'e\ufffd[31mvil');
});

test('HTTP/2: streams get their own responses, more than 256 waiting are told alone', () => {
  const { reader, recorded } = readerOf(http2Plugin);
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
  assert.equal(reader.read(preface, 0, preface.length, true), preface.length);
  const headers = (stream: number, block: number[]): Buffer =>
    Buffer.from([0, 0, block.length, 1, 5, 0, 0, stream >> 8, stream & 0xff, ...block]);
  for (let i = 0; i < 260; i++) {
    const bytes = headers(i * 2 + 1, [0x82, 0x86, 0x84]);
    reader.read(bytes, 0, bytes.length, true);
  }
  const answers = Buffer.concat([Buffer.from('000000040000000000', 'hex'), headers(519, [0x88]), headers(517, [0x8d])]);
  reader.read(answers, 0, answers.length, false);
  assert.deepEqual(
    recorded.events.map(({ status }) => status),
    [undefined, undefined, undefined, undefined, 200, 404],
  );
  reader.end?.();
  assert.equal(recorded.events.length, 260);
});
