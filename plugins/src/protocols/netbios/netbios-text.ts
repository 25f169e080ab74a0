// A NetBIOS name as people write it. Bound: fifteen characters.
import { netbiosByte } from '@kaipo/core/wire/netbios.js';

/** The fifteen characters of the encoded name at `at`, without the blanks or zeros at its end. "*" stands for any name. */
export function netbiosText(bytes: Uint8Array, at: number): string {
  let length = 15;
  while (length > 0 && isPadding(netbiosByte(bytes, at, length - 1))) length--;
  let text = '';
  for (let i = 0; i < length; i++) {
    const byte = netbiosByte(bytes, at, i);
    if (byte >= 0x20) text += String.fromCharCode(byte);
  }
  return text;
}

const isPadding = (byte: number): boolean => byte === 0x20 || byte === 0;
