// The funnel with protocols made for the test: who is asked, what a reader is given whatever the network did to the segments,
// hand-overs, gaps, bounds, and protocols that throw.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DONE, HAND_OVER, MATCH, NOT_MINE, type ProtocolSpec, SKIP_SIDE, UNSURE } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, latin1Text } from '@kaipo/core/wire/match.js';
import fc from 'fast-check';
import { ascii } from '../../fixtures/bytes.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { snapped, timed } from '../../fixtures/packet-list.js';
import { ACK, FIN, udp } from '../../fixtures/transport-layers.js';
import { CLIENT, frame, HANDSHAKE, heard, recorder, run, SERVER, type Segment, segments } from './inspection-run.js';

describe('streams', () => {
  it('a reader gets both sides in order, and its end', () => {
    const log: string[] = [];
    const { flows } = run(
      [recorder(log)],
      timed([...HANDSHAKE, ...segments(['c', 0, 'hi there'], ['s', 0, 'hello'], ['c', 8, ' again'])]),
    );
    assert.deepEqual(log, ['c:hi there', 's:hello', 'c: again', 'end']);
    assert.equal(flows[0]?.protocol, 'recorder');
    assert.equal(flows[0]?.protocolFrom, 'payload');
  });

  it('whatever order, overlap and repetition segments come in, a side is heard once and in order', () => {
    const text = `hi${Array.from({ length: 60 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('')}`;
    const cut = fc.tuple(fc.nat({ max: text.length - 1 }), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 20 }), fc.integer(), (extra, seed) => {
        const whole: Segment[] = [];
        for (let at = 0; at < text.length; at += 7) whole.push(['c', at, text.slice(at, at + 7)]);
        const all = [...whole, ...extra.map(([at, length]): Segment => ['c', at, text.slice(at, at + length)])];
        const order = all.map((_, i) => ((i + 1) * (Math.abs(seed % 1000) + 3)) % 101);
        const shuffled = all.map((segment, i) => ({ segment, key: order[i]! }));
        shuffled.sort((a, b) => a.key - b.key);
        const log: string[] = [];
        const { engine } = run(
          [recorder(log)],
          timed([...HANDSHAKE, ...segments(...shuffled.map(({ segment }) => segment))]),
        );
        assert.equal(heard(log, 'c'), text);
        assert.equal(engine.inspection.pool.usedBytes, 0, 'all memory is given back');
      }),
      { numRuns: 300 },
    );
  });

  it('what is not used is given again together with what follows', () => {
    const log: string[] = [];
    run(
      [recorder(log, (length) => (length >= 6 ? length : 0))],
      timed([...HANDSHAKE, ...segments(['c', 0, 'hi'], ['c', 2, 'ab'], ['c', 4, 'cde'])]),
    );
    assert.deepEqual(log, ['c:hi', 'c:hiab', 'c:hiabcde', 'end']);
  });

  it('a segment as large as they come, behind bytes that wait, is heard whole', () => {
    const log: string[] = [];
    const large = 'L'.repeat(65_400);
    const { engine } = run(
      [recorder(log, (length, text) => (text.startsWith('hi') && length < 1000 ? 0 : length))],
      timed([...HANDSHAKE, ...segments(['c', 0, 'hi'.padEnd(300, '.')], ['c', 300, large], ['c', 65_700, 'end'])]),
    );
    assert.equal(engine.inspection.overfull, 0);
    // What waited is given again, so the parts that were used are counted.
    assert.equal(heard(log.slice(1), 'c'), `${'hi'.padEnd(300, '.')}${large}end`);
  });

  it('a SYN that comes once more after data changes nothing', () => {
    const log: string[] = [];
    run(
      [recorder(log)],
      timed([...HANDSHAKE, ...segments(['c', 0, 'hi'], ['c', 2, 'a']), HANDSHAKE[0]!, ...segments(['c', 3, 'b'])]),
    );
    assert.deepEqual(log, ['c:hi', 'c:a', 'c:b', 'end']);
  });

  it('more than there is: so much is passed over unseen, holes included', () => {
    const log: string[] = [];
    run(
      [recorder(log, (length, text) => (text.startsWith('hi') ? 20 : length))],
      timed([
        ...HANDSHAKE,
        ...segments(['c', 0, 'hi'], ['c', 8, 'seen by nobody'.slice(0, 6)], ['c', 14, 'xxxxxxYES']),
      ]),
    );
    assert.deepEqual(log, ['c:hi', 'c:YES', 'end']);
  });

  it('a hole is given up at the end and told', () => {
    const log: string[] = [];
    const { engine } = run(
      [recorder(log)],
      timed([...HANDSHAKE, ...segments(['c', 0, 'hi'], ['c', 5, 'after']), frame('c', FIN | ACK, 11)]),
    );
    assert.deepEqual(log, ['c:hi', 'c misses 3', 'c:after', 'end']);
    assert.equal(engine.inspection.order.gaps, 1);
    assert.equal(engine.inspection.order.missingBytes, 3);
  });

  it('a segment that was captured in part is heard in part, and the rest is missing', () => {
    const log: string[] = [];
    const packets = timed([...HANDSHAKE, ...segments(['c', 0, 'hi'.padEnd(60, '.')], ['c', 60, 'next'])]);
    run(
      [recorder(log)],
      packets.map((packet) => snapped(packet, 14 + 20 + 20 + 50)),
    );
    assert.deepEqual(log, [`c:${'hi'.padEnd(50, '.')}`, 'c misses 10', 'c:next', 'end']);
  });

  it('a side that is not wanted is not heard; DONE ends both', () => {
    const log: string[] = [];
    run(
      [recorder(log, (length, text, fromClient) => (text === 'stop' ? DONE : fromClient ? SKIP_SIDE : length))],
      timed([
        ...HANDSHAKE,
        ...segments(['c', 0, 'hi'], ['s', 0, 'one'], ['c', 2, 'unheard'], ['s', 3, 'stop'], ['s', 7, 'unheard']),
      ]),
    );
    assert.deepEqual(log, ['c:hi', 's:one', 's:stop', 'end']);
  });

  it('a reader that uses nothing is closed at its bound, and counted', () => {
    const log: string[] = [];
    const { engine, flows } = run(
      [recorder(log, () => 0, { bufferBytes: 100 })],
      timed([...HANDSHAKE, ...segments(['c', 0, 'hi'], ['c', 2, 'x'.repeat(90)], ['c', 92, 'y'.repeat(20)])]),
    );
    assert.equal(engine.inspection.overfull, 1);
    assert.equal(log.at(-1), 'end');
    assert.equal(flows[0]?.protocol, 'recorder', 'the name stays');
    assert.equal(engine.inspection.pool.usedBytes, 0);
  });
});

describe('asking', () => {
  const named = (name: string, word: string, extra: Partial<ProtocolSpec> = {}): ProtocolSpec => ({
    name,
    transports: ['tcp', 'udp'],
    probe: (p) => (beginsWith(p.bytes, p.start, p.end, asciiBytes(word)) ? MATCH : NOT_MINE),
    ...extra,
  });

  const nameOf = (specs: readonly ProtocolSpec[], frames: readonly Uint8Array[]): string | undefined =>
    run(specs, timed(frames)).flows[0]?.protocol;

  it('the port decides who is asked first, and nothing else', () => {
    const specs = [named('first', 'he'), named('by-port', 'h', { ports: [7000] })];
    assert.equal(nameOf(specs, [...HANDSHAKE, ...segments(['c', 0, 'hello'])]), 'by-port');
    assert.equal(
      nameOf([named('elsewhere', 'h', { ports: [9] })], [...HANDSHAKE, ...segments(['c', 0, 'h'])]),
      'elsewhere',
    );
    const bound = named('bound', 'h', { ports: [9], isPortBound: true });
    assert.equal(nameOf([bound], [...HANDSHAKE, ...segments(['c', 0, 'h'])]), undefined);
  });

  it('only protocols that may begin with the byte are asked', () => {
    const specs = [named('other', '', { firstBytes: [1, 2] }), named('mine', '', { firstBytes: [0x68] })];
    assert.equal(nameOf(specs, [...HANDSHAKE, ...segments(['c', 0, 'h'])]), 'mine');
  });

  it('the answer of the server may decide, and its reader hears the client too', () => {
    const log: string[] = [];
    const { flows } = run(
      [recorder(log)],
      timed([...HANDSHAKE, ...segments(['c', 0, 'what?'], ['s', 0, 'hi'], ['c', 5, 'more'])]),
    );
    assert.equal(flows[0]?.protocol, 'recorder');
    assert.deepEqual(log, ['s:hi', 'c:what?', 'c:more', 'end']);
  });

  it('unsure: memos are kept from packet to packet, and lost with NOT_MINE', () => {
    const seen: number[] = [];
    const counting: ProtocolSpec = {
      name: 'counting',
      transports: ['udp'],
      probe(p) {
        seen.push(p.memoA);
        p.memoA += 1;
        return p.memoA === 3 ? MATCH : UNSURE;
      },
    };
    const { flows } = run([counting], timed([1, 2, 3, 4].map(() => ethernetIp(udp(CLIENT, SERVER, ascii('x'))))));
    assert.deepEqual(seen, [0, 1, 2]);
    assert.equal(flows[0]?.protocol, 'counting');
  });

  it('the first bytes of the other side are shown', () => {
    const answers: string[] = [];
    const curious: ProtocolSpec = {
      name: 'curious',
      transports: ['udp'],
      probe(p) {
        answers.push(latin1Text(p.otherBytes, 0, p.otherLength));
        return NOT_MINE;
      },
    };
    run(
      [curious],
      timed([ethernetIp(udp(CLIENT, SERVER, ascii('ask'))), ethernetIp(udp(SERVER, CLIENT, ascii('say')))]),
    );
    assert.deepEqual(answers, ['', 'ask']);
  });

  it('nobody is asked for ever: 8 datagrams a side, and a stream of 16 KiB', () => {
    let asked = 0;
    const never = (transport: 'tcp' | 'udp', verdict: typeof NOT_MINE | typeof UNSURE): ProtocolSpec => ({
      name: 'never',
      transports: [transport],
      probe: () => {
        asked += 1;
        return verdict;
      },
    });
    const datagrams = Array.from({ length: 50 }, () => ethernetIp(udp(CLIENT, SERVER, ascii('x'))));
    assert.equal(run([never('udp', NOT_MINE)], timed(datagrams)).engine.inspection.unknown, 1);
    assert.equal(asked, 8);
    asked = 0;
    const stream = Array.from({ length: 50 }, (_, i): Segment => ['c', i * 1000, 'x'.repeat(1000)]);
    const { engine } = run([never('tcp', UNSURE)], timed([...HANDSHAKE, ...segments(...stream)]));
    assert.equal(asked, 16);
    assert.equal(engine.inspection.pool.usedBytes, 0);
  });

  it('met in the middle, somebody who is unsure hides nothing from the others', () => {
    const log: string[] = [];
    const waiting: ProtocolSpec = { name: 'waiting', transports: ['tcp'], probe: () => UNSURE };
    const { flows, engine } = run(
      [waiting, recorder(log)],
      timed(segments(['c', 0, 'rest'], ['c', 4, 'hi'], ['c', 6, '!'])),
    );
    assert.equal(flows[0]?.protocol, 'recorder');
    assert.deepEqual(log, ['c:hi', 'c:!', 'end']);
    assert.equal(engine.inspection.pool.usedBytes, 0);
  });

  it('a capture that begins in the middle: each early segment may be the beginning', () => {
    const log: string[] = [];
    run([recorder(log)], timed(segments(['c', 0, 'rest of something'], ['c', 17, 'hi'], ['c', 19, '!'])));
    assert.deepEqual(log, ['c:hi', 'c:!', 'end']);
  });
});

describe('hand-over', () => {
  const outer: ProtocolSpec = {
    name: 'outer',
    transports: ['tcp'],
    probe: (p) => (beginsWith(p.bytes, p.start, p.end, asciiBytes('outer')) ? MATCH : NOT_MINE),
    open: () => {
      let isReady = false;
      return {
        read(_bytes, start, end, fromClient) {
          if (isReady) return HAND_OVER;
          isReady = !fromClient;
          return end - start;
        },
      };
    },
  };

  it('what follows is probed anew; the flow keeps the outer name and gets the details of the inner one', () => {
    const log: string[] = [];
    const { flows } = run(
      [outer, recorder(log)],
      timed([...HANDSHAKE, ...segments(['c', 0, 'outer'], ['s', 0, 'go'], ['c', 5, 'hi'], ['s', 2, 'back'])]),
    );
    assert.equal(flows[0]?.protocol, 'outer');
    assert.deepEqual(log, ['c:hi', 's:back', 'end']);
  });

  it('endless hand-overs end', () => {
    const loop: ProtocolSpec = {
      ...outer,
      name: 'loop',
      probe: () => MATCH,
      open: () => ({ read: () => HAND_OVER }),
    };
    const { engine } = run([loop], timed([...HANDSHAKE, ...segments(['c', 0, 'again'], ['c', 5, 'and again'])]));
    assert.equal(engine.inspection.pool.usedBytes, 0);
  });
});

describe('a protocol that throws', () => {
  it('in probe, open, read or end: three strikes, one report, the run goes on', () => {
    const boom = (): never => {
      throw new Error('boom');
    };
    const good: ProtocolSpec = { name: 'good', transports: ['udp'], probe: () => MATCH };
    for (const broken of [
      { probe: boom },
      { probe: () => MATCH, open: boom },
      { probe: () => MATCH, open: () => ({ read: boom }) },
      { probe: () => MATCH, open: () => ({ read: () => 0, end: boom }) },
    ]) {
      const frames = Array.from({ length: 5 }, (_, i) =>
        ethernetIp(udp({ ...CLIENT, port: 1000 + i }, SERVER, ascii('x'))),
      );
      const { flows, faults } = run(
        [{ name: 'broken', transports: ['udp'], ...broken } as ProtocolSpec, good],
        timed(frames),
      );
      assert.equal(flows.length, 5);
      assert.equal(faults.length, 1);
      assert.match(faults[0]!, /"broken" failed 3 times .* boom/);
    }
  });
});
