// Packets from parts, for the decoder's tests: every function returns bytes, lengths are filled in, checksums are not
// (the decoder does not look at them).

export const hex = (text: string): Uint8Array => {
  const digits = text.replace(/\s+/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
};

export const join = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? hex(part) : part)]));

const be16 = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 0xff, value & 0xff);

export const ether = (type: number, body: Uint8Array): Uint8Array =>
  join('02 00 00 00 00 01', '02 00 00 00 00 02', be16(type), body);

interface Ipv4Options {
  readonly src?: string;
  readonly dst?: string;
  readonly total?: number;
  readonly id?: number;
  /** Flags and offset, as on the wire. */
  readonly fragment?: number;
  readonly options?: Uint8Array;
}

const address4 = (text: string): Uint8Array => Uint8Array.from(text.split('.').map(Number));

export function ipv4(proto: number, body: Uint8Array, more: Ipv4Options = {}): Uint8Array {
  const options = more.options ?? new Uint8Array(0);
  const headerLength = 20 + options.length;
  return join(
    Uint8Array.of(0x40 | (headerLength / 4), 0),
    be16(more.total ?? headerLength + body.length),
    be16(more.id ?? 0x1234),
    be16(more.fragment ?? 0),
    Uint8Array.of(64, proto, 0, 0),
    address4(more.src ?? '10.0.0.1'),
    address4(more.dst ?? '10.0.0.2'),
    options,
    body,
  );
}

/** From fd00::1 to fd00::2. */
export function ipv6(next: number, body: Uint8Array, length: number = body.length): Uint8Array {
  return join(
    '60 00 00 00',
    be16(length),
    Uint8Array.of(next, 64),
    'fd00 0000 0000 0000 0000 0000 0000 0001',
    'fd00 0000 0000 0000 0000 0000 0000 0002',
    body,
  );
}

export const udp = (src: number, dst: number, body: Uint8Array, length: number = 8 + body.length): Uint8Array =>
  join(be16(src), be16(dst), be16(length), '0000', body);

export const tcp = (src: number, dst: number, body: Uint8Array, flags = 0x18, dataOffset = 5): Uint8Array =>
  join(be16(src), be16(dst), '00000001 00000002', Uint8Array.of(dataOffset << 4, flags), '2000 0000 0000', body);

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
