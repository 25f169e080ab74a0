// A stream that comes a byte at a time: the worst a sender can do to whoever looks at the beginning again with each segment.
// Owns: the frames, and how long the whole engine needs for them. Used by the test, and by hand to find who is slow.
import { Engine } from '@kaipo/core/engine/engine.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { joined, zeros } from '../fixtures/bytes.js';
import { ethernetIp } from '../fixtures/link-layers.js';
import { frameBatch } from '../fixtures/synthetic-traffic.js';
import type { Talk } from '../fixtures/talk.js';
import { ACK, PSH, SYN, tcp } from '../fixtures/transport-layers.js';

const START_US = 1_767_225_600_000_000;
const HOUR_US = 3600e6;

/** What comes behind the beginning: nothing that ends a line, a record or a number. */
export const FILLERS: Readonly<Record<string, (length: number) => Uint8Array>> = {
  letters: (length) => zeros(length).fill(0x61),
  zeros,
  'highest bytes': (length) => zeros(length).fill(0xff),
  spaces: (length) => zeros(length).fill(0x20),
  quotes: (length) => zeros(length).fill(0x22),
};

/** Frames of a flow: what `from` says in `talk` first, cut after `cutAt` bytes, then filler, a byte a segment. */
export function slowFrames(talk: Talk, from: 'client' | 'server', cutAt: number, filler: Uint8Array): Uint8Array[] {
  const ends = {
    client: { ip: '192.0.2.10', port: talk.clientPort },
    server: { ip: '192.0.2.20', port: talk.serverPort },
  };
  const [source, target] = from === 'client' ? [ends.client, ends.server] : [ends.server, ends.client];
  const said = talk.turns.find((turn) => turn.from === from)?.bytes ?? zeros(0);
  const payload = joined(said.subarray(0, cutAt), filler);
  const frames = [
    ethernetIp(tcp(ends.client, ends.server, { flags: SYN, seq: 999 })),
    ethernetIp(tcp(ends.server, ends.client, { flags: SYN | ACK, seq: 999, ack: 1000 })),
  ];
  // What the other side says before, as it says it.
  const other = talk.turns[0];
  if (other !== undefined && other.from !== from)
    frames.push(ethernetIp(tcp(target, source, { flags: PSH | ACK, seq: 1000, ack: 1000, payload: other.bytes })));
  for (let at = 0; at < payload.length; at++)
    frames.push(
      ethernetIp(
        tcp(source, target, { flags: PSH | ACK, seq: 1000 + at, ack: 1000, payload: payload.subarray(at, at + 1) }),
      ),
    );
  return frames;
}

/** One engine for many flows of this kind: to make one costs more than a flow. */
export class SlowStreams {
  readonly #engine = new Engine({ plugins: builtinPlugins, maxFlows: 64 });
  #nowUs = START_US;

  /** Milliseconds the engine needs for the frames of one flow. */
  run(frames: readonly Uint8Array[]): number {
    this.#nowUs += HOUR_US;
    this.#engine.tick(this.#nowUs - 1);
    const batch = frameBatch(frames, this.#nowUs);
    const began = performance.now();
    this.#engine.process(batch);
    return performance.now() - began;
  }
}
