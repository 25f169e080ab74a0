// Parameters of SVCB and HTTPS records as text (RFC 9460 section 2.1 and 7). Must not know: anything else of DNS.
// Bound: 32 parameters a record.
import { ipv4Text, ipv6Text } from './address-text.js';
import { u16 } from './bytes.js';
import { quotedText } from './dns-text.js';

const KEYS = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
  'ohttp',
] as const;
const MAX_PARAMETERS = 32;

/** ["alpn=h2,h3", "port=8443", "ipv4hint=192.0.2.1"], or undefined when a length leads outside. */
export function serviceParametersText(bytes: Uint8Array, at: number, end: number): string[] | undefined {
  const texts: string[] = [];
  for (let cursor = at; cursor < end && texts.length < MAX_PARAMETERS; ) {
    if (cursor + 4 > end) return undefined;
    const key = u16(bytes, cursor);
    const valueAt = cursor + 4;
    const valueEnd = valueAt + u16(bytes, cursor + 2);
    if (valueEnd > end) return undefined;
    const keyName = KEYS[key] ?? `key${key}`;
    const value = valueText(key, bytes, valueAt, valueEnd);
    texts.push(value === '' ? keyName : `${keyName}=${value}`);
    cursor = valueEnd;
  }
  return texts;
}

function valueText(key: number, bytes: Uint8Array, at: number, end: number): string {
  const length = end - at;
  if (key === 0 && length % 2 === 0) {
    return every(2, at, end, (i) => KEYS[u16(bytes, i)] ?? `key${u16(bytes, i)}`);
  }
  if (key === 1) return alpnText(bytes, at, end);
  if (key === 3 && length === 2) return String(u16(bytes, at));
  if (key === 4 && length % 4 === 0) return every(4, at, end, (i) => ipv4Text(bytes, i));
  if (key === 6 && length % 16 === 0) return every(16, at, end, (i) => ipv6Text(bytes, i));
  if (key === 5) return `(${length} bytes)`;
  return length === 0 ? '' : quotedText(bytes, at, end);
}

function every(step: number, at: number, end: number, text: (at: number) => string): string {
  const texts: string[] = [];
  for (let i = at; i < end; i += step) texts.push(text(i));
  return texts.join(',');
}

/** Protocol names with a length byte each. */
function alpnText(bytes: Uint8Array, at: number, end: number): string {
  const names: string[] = [];
  for (let i = at; i < end; i += 1 + bytes[i]!) {
    names.push(quotedText(bytes, i + 1, Math.min(i + 1 + bytes[i]!, end)).slice(1, -1));
  }
  return names.join(',');
}
