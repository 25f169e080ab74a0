// The data of a DNS record as text, in the presentation form of its RFC; long binary parts are cut or counted.
// Must not know: sections, messages. Bound: what one record holds; data that contradicts its type is shown as bytes (RFC 3597).
import { ipv4Text, ipv6Text } from './address-text.js';
import { u16, u32 } from './bytes.js';
import { dnsNameEnd } from './dns.js';
import { dnsTypeText } from './dns-names.js';
import { serviceParametersText } from './dns-service-text.js';
import { dnsNameText, hexText, quotedText } from './dns-text.js';

/** Text of the data, or undefined when the bytes do not fit the type. */
type Reader = (record: RecordData) => string | undefined;

/** The data of one record: bytes[at, end) of a message that begins at `start`. */
export interface RecordData {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly at: number;
  readonly end: number;
  /** Names in it are UTF-8 (mDNS, LLMNR). */
  readonly unicode: boolean;
}

/** "93.184.216.34", "10 mail.example.com", `"v=spf1 -all"`; never empty. Rule: the record is inside a message `checkDns` has walked. */
export function recordText(type: number, record: RecordData): string {
  return READERS.get(type)?.(record) || unknownText(record);
}

/** RFC 3597 section 5: `\# 3 abcdef`. */
function unknownText({ bytes, at, end }: RecordData): string {
  return end === at ? '\\# 0' : `\\# ${end - at} ${hexText(bytes, at, end)}`;
}

/** Reads names one after the other from `at`; each is undefined when it is not whole inside the record. */
function namesAt(record: RecordData, at: number, count: number): { names: string[]; at: number } | undefined {
  const names: string[] = [];
  let cursor = at;
  for (let i = 0; i < count; i++) {
    const nameEnd = dnsNameEnd(record.bytes, record.start, cursor, record.end);
    if (nameEnd < 0) return undefined;
    names.push(dnsNameText(record.bytes, record.start, cursor, record.unicode));
    cursor = nameEnd;
  }
  return { names, at: cursor };
}

const name: Reader = ({ bytes, start, at, end, unicode }) =>
  dnsNameEnd(bytes, start, at, end) < 0 ? undefined : dnsNameText(bytes, start, at, unicode);

const preferenceAndName: Reader = (record) => {
  const target = record.end - record.at > 2 ? namesAt(record, record.at + 2, 1)?.names[0] : undefined;
  return target && `${u16(record.bytes, record.at)} ${target}`;
};

/** Character strings, each with a length byte. */
function strings({ bytes, end }: RecordData, at: number, most = 256): { texts: string[]; at: number } | undefined {
  const texts: string[] = [];
  let cursor = at;
  while (cursor < end && texts.length < most) {
    const next = cursor + 1 + bytes[cursor]!;
    if (next > end) return undefined;
    texts.push(quotedText(bytes, cursor + 1, next));
    cursor = next;
  }
  return { texts, at: cursor };
}

const quoted: Reader = (record) => strings(record, record.at)?.texts.join(' ');

const soa: Reader = (record) => {
  const head = namesAt(record, record.at, 2);
  if (head === undefined || head.at + 20 > record.end) return undefined;
  const numbers = [0, 4, 8, 12, 16].map((offset) => u32(record.bytes, head.at + offset));
  return [...head.names, ...numbers].join(' ');
};

const srv: Reader = (record) => {
  const { bytes, at } = record;
  const target = record.end - at > 6 ? namesAt(record, at + 6, 1)?.names[0] : undefined;
  return target && `${u16(bytes, at)} ${u16(bytes, at + 2)} ${u16(bytes, at + 4)} ${target}`;
};

/** RFC 3403 section 4.1: order, preference, flags, services, regular expression, replacement. */
const naptr: Reader = (record) => {
  if (record.end - record.at < 4) return undefined;
  const words = strings(record, record.at + 4, 3);
  const replacement = words?.texts.length === 3 ? namesAt(record, words.at, 1)?.names[0] : undefined;
  return (
    replacement &&
    [u16(record.bytes, record.at), u16(record.bytes, record.at + 2), ...words!.texts, replacement].join(' ')
  );
};

/** RFC 8659 section 4.1: flags, tag with a length byte, value. */
const caa: Reader = ({ bytes, at, end }) => {
  const valueAt = at + 2 + (bytes[at + 1] ?? 0);
  if (end - at < 3 || valueAt > end) return undefined;
  return `${bytes[at]} ${quotedText(bytes, at + 2, valueAt).slice(1, -1)} ${quotedText(bytes, valueAt, end)}`;
};

/** Key tag, algorithm, digest type, digest (RFC 4034 section 5). */
const ds: Reader = ({ bytes, at, end }) =>
  end - at < 5 ? undefined : `${u16(bytes, at)} ${bytes[at + 2]} ${bytes[at + 3]} ${hexText(bytes, at + 4, end)}`;

/** Flags, protocol, algorithm; the key is only counted. */
const dnskey: Reader = ({ bytes, at, end }) =>
  end - at < 5 ? undefined : `${u16(bytes, at)} ${bytes[at + 2]} ${bytes[at + 3]} (${end - at - 4} bytes)`;

/** Covered type, algorithm, labels, key tag, signer; times and signature are left out. */
const rrsig: Reader = (record) => {
  const { bytes, at } = record;
  const signer = record.end - at > 18 ? namesAt(record, at + 18, 1)?.names[0] : undefined;
  return signer && `${dnsTypeText(u16(bytes, at))} ${bytes[at + 2]} ${bytes[at + 3]} ${u16(bytes, at + 16)} ${signer}`;
};

/** Next name and the types that exist (RFC 4034 section 4.1.2): windows of up to 32 bytes, one bit a type. */
const nsec: Reader = (record) => {
  const next = namesAt(record, record.at, 1);
  if (next === undefined) return undefined;
  const words = [next.names[0]!];
  let cursor = next.at;
  while (cursor + 2 <= record.end && words.length < 32) {
    const window = record.bytes[cursor]! << 8;
    const length = record.bytes[cursor + 1]!;
    if (length > 32 || cursor + 2 + length > record.end) return undefined;
    for (let bit = 0; bit < length * 8 && words.length < 32; bit++) {
      if (record.bytes[cursor + 2 + (bit >> 3)]! & (0x80 >> (bit & 7))) words.push(dnsTypeText(window + bit));
    }
    cursor += 2 + length;
  }
  return words.join(' ');
};

/** Numbers of one byte each, then bytes in hexadecimal. */
const numbersAndHex =
  (numbers: number): Reader =>
  ({ bytes, at, end }) =>
    end - at <= numbers ? undefined : `${bytes.slice(at, at + numbers).join(' ')} ${hexText(bytes, at + numbers, end)}`;

/** Priority, target, parameters (RFC 9460 section 2.1). */
const service: Reader = (record) => {
  if (record.end - record.at < 3) return undefined;
  const target = namesAt(record, record.at + 2, 1);
  const parameters = target && serviceParametersText(record.bytes, target.at, record.end);
  if (parameters === undefined) return undefined;
  return [u16(record.bytes, record.at), target!.names[0], ...parameters].join(' ');
};

/** RFC 7553 section 4.5: priority, weight, target. */
const uri: Reader = ({ bytes, at, end }) =>
  end - at < 5 ? undefined : `${u16(bytes, at)} ${u16(bytes, at + 2)} ${quotedText(bytes, at + 4, end)}`;

const READERS = new Map<number, Reader>([
  [1, ({ bytes, at, end }) => (end - at === 4 ? ipv4Text(bytes, at) : undefined)],
  [28, ({ bytes, at, end }) => (end - at === 16 ? ipv6Text(bytes, at) : undefined)],
  ...[2, 3, 4, 5, 7, 8, 9, 12, 39].map((type): [number, Reader] => [type, name]),
  ...[15, 18, 21, 36].map((type): [number, Reader] => [type, preferenceAndName]),
  ...[13, 16, 99].map((type): [number, Reader] => [type, quoted]),
  ...[14, 17].map((type): [number, Reader] => [type, (record) => namesAt(record, record.at, 2)?.names.join(' ')]),
  [6, soa],
  [33, srv],
  [35, naptr],
  [43, ds],
  [59, ds],
  [44, numbersAndHex(2)],
  [46, rrsig],
  [47, nsec],
  [48, dnskey],
  [60, dnskey],
  [52, numbersAndHex(3)],
  [53, numbersAndHex(3)],
  [64, service],
  [65, service],
  [256, uri],
  [257, caa],
]);
