// Walks a helper's stream for the tests: pcapng by the draft and by PROTOCOL.md, sharing no code with the analyzer's reader, and
// strict where that one is lenient. Keeps every packet: for tests only.
import type { Readable } from 'node:stream';

export interface StreamPacket {
  readonly interfaceId: number;
  readonly timeNs: bigint;
  readonly original: number;
  /** epb_flags bits 0-1; 0 when unknown. */
  readonly direction: number;
  readonly data: Buffer;
}

export interface StreamStatistics {
  readonly interfaceId: number;
  readonly received: number;
  /** -1: the helper does not know. */
  readonly dropped: number;
  readonly delivered: number;
  /** Packets of this interface that stood before this block, counted here. */
  readonly counted: number;
  /** When it was read here, performance.now(). */
  readonly readMs: number;
}

export interface StreamInterface {
  readonly linkType: number;
  readonly snaplen: number;
  readonly name: string;
  readonly tsresol: number;
  readonly filter: string;
  readonly mac: string;
}

export interface StreamCustom {
  readonly kind: number;
  readonly text: string;
  readonly values: ReadonlyMap<string, string>;
}

export class StreamReader {
  /** Block types in order, the first 100. */
  readonly types: number[] = [];
  readonly interfaces: StreamInterface[] = [];
  readonly packets: StreamPacket[] = [];
  readonly statistics: StreamStatistics[] = [];
  readonly customs: StreamCustom[] = [];
  readonly packetsOf: number[] = [];
  application = '';
  /** First violation of the format, or empty. */
  violation = '';
  ended = false;
  /** Called for each packet instead of keeping it. */
  onPacket: ((packet: StreamPacket) => void) | undefined;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => this.push(chunk));
    stream.on('close', () => {
      this.ended = true;
      if (this.#rest.length > 0 && this.violation === '')
        this.violation = `stream ends inside a block (${this.#rest.length} bytes)`;
    });
    stream.on('error', () => {});
  }

  push(chunk: Buffer): void {
    if (this.violation !== '') return;
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= 8 && this.violation === '') {
      const length = bytes.readUInt32LE(4);
      if (length < 12 || length % 4 !== 0 || length > 262_400) {
        this.violation = `block of ${length} bytes`;
        return;
      }
      if (bytes.length < length) break;
      const trailer = bytes.readUInt32LE(length - 4);
      if (trailer !== length) this.violation = `block length ${length}, at its end ${trailer}`;
      else this.#block(bytes.readUInt32LE(0), bytes.subarray(8, length - 4));
      bytes = bytes.subarray(length);
    }
    this.#rest = Buffer.from(bytes);
  }

  #block(type: number, body: Buffer): void {
    if (this.types.length < 100) this.types.push(type);
    if (type === 0x0a0d0d0a) this.#section(body);
    else if (type === 1) this.#interface(body);
    else if (type === 6) this.#packet(body);
    else if (type === 5) this.#statistics(body);
    else if (type === 0x40000bad) this.#custom(body);
    else this.violation = `block type ${type}`;
  }

  #section(body: Buffer): void {
    if (body.readUInt32LE(0) !== 0x1a2b3c4d || body.readUInt16LE(4) !== 1) this.violation = 'section header';
    this.application = this.#options(body, 16).get(4)?.toString() ?? '';
  }

  #interface(body: Buffer): void {
    const options = this.#options(body, 8);
    this.interfaces.push({
      linkType: body.readUInt16LE(0),
      snaplen: body.readUInt32LE(4),
      name: options.get(2)?.toString() ?? '',
      mac: options.get(6)?.toString('hex') ?? '',
      tsresol: options.get(9)?.[0] ?? 6,
      filter: options.get(11)?.subarray(1).toString() ?? '',
    });
    this.packetsOf.push(0);
  }

  #packet(body: Buffer): void {
    const interfaceId = body.readUInt32LE(0);
    const captured = body.readUInt32LE(12);
    const padded = Math.ceil(captured / 4) * 4;
    if (interfaceId >= this.interfaces.length || 20 + padded > body.length) {
      this.violation = `packet of interface ${interfaceId} with ${captured} bytes`;
      return;
    }
    const packet: StreamPacket = {
      interfaceId,
      timeNs: (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8)),
      original: body.readUInt32LE(16),
      direction:
        (this.#options(body, 20 + padded)
          .get(2)
          ?.readUInt32LE(0) ?? 0) & 3,
      data: body.subarray(20, 20 + captured),
    };
    this.packetsOf[interfaceId]! += 1;
    if (this.onPacket !== undefined) this.onPacket(packet);
    else this.packets.push({ ...packet, data: Buffer.from(packet.data) });
  }

  #statistics(body: Buffer): void {
    const interfaceId = body.readUInt32LE(0);
    const options = this.#options(body, 12);
    const value = (code: number) => Number(options.get(code)?.readBigUInt64LE(0) ?? -1n);
    const counted = this.packetsOf[interfaceId] ?? -1;
    const readMs = performance.now();
    this.statistics.push({ interfaceId, received: value(4), dropped: value(7), delivered: value(8), counted, readMs });
  }

  #custom(body: Buffer): void {
    if (body.readUInt32LE(0) !== 32473 || body.readUInt32LE(4) !== 0x4b414901) {
      this.violation = 'custom block of someone else';
      return;
    }
    const length = body.readUInt32LE(12);
    if (length > 4096 || 16 + Math.ceil(length / 4) * 4 !== body.length)
      this.violation = `custom text of ${length} bytes`;
    const text = body.toString('utf8', 16, 16 + length);
    const values = new Map<string, string>();
    for (const line of text.split('\n')) {
      const equals = line.indexOf('=');
      if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1));
    }
    this.customs.push({ kind: body.readUInt32LE(8), text, values });
  }

  #options(body: Buffer, start: number): Map<number, Buffer> {
    const options = new Map<number, Buffer>();
    let at = start;
    while (at + 4 <= body.length) {
      const code = body.readUInt16LE(at);
      const length = body.readUInt16LE(at + 2);
      at += 4;
      if (code === 0) return options;
      if (at + length > body.length) this.violation = `option ${code} of ${length} bytes`;
      options.set(code, body.subarray(at, at + length));
      at += Math.ceil(length / 4) * 4;
    }
    return options;
  }

  /** The last statistics of each interface. */
  lastStatistics(): StreamStatistics[] {
    const last: StreamStatistics[] = [];
    for (const row of this.statistics) last[row.interfaceId] = row;
    return last;
  }

  notices(kind: number): ReadonlyMap<string, string>[] {
    return this.customs.filter((custom) => custom.kind === kind).map((custom) => custom.values);
  }
}

/** Waits until `holds` is true; throws with `what` when the deadline passes first. */
export async function until(what: string, holds: () => boolean, deadlineMs = 5_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
