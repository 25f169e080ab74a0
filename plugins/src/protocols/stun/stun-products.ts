// What proves the product of a STUN message: attributes only one vendor uses, and realms of TURN servers. Owns: these tables.
// Must not know flows. Sources: MS-TURN, MS-ICE2, IANA's registry of attributes, WebRTC's api/transport/stun.h, observed messages.
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import {
  ATTRIBUTE_REALM,
  ATTRIBUTE_SOFTWARE,
  STUN_COOKIE,
  STUN_HEADER_BYTES,
  stunEnd,
  stunType,
} from '@kaipo/core/wire/stun.js';

export const TEAMS = 'Microsoft Teams';
export const GOOGLE = 'Google Call';
export const WHATSAPP = 'WhatsApp';
const ZOOM = 'Zoom';

/** A realm ends with the text, or has it between dots. */
const REALMS: readonly (readonly [part: string, product: string])[] = [
  ['telegram.org', 'Telegram'],
  ['signal.org', 'Signal'],
  ['whispersystems.org', 'Signal'],
  ['viber.com', 'Viber'],
  ['google.com', GOOGLE],
  ['facebook', 'Facebook Messenger'],
  ['whatsapp', WHATSAPP],
  ['snapchat', 'Snapchat'],
  ['zoom.us', ZOOM],
  ['discord', 'Discord'],
  ['webex.com', 'Webex'],
  ['jitsi', 'Jitsi Meet'],
  ['slack', 'Slack'],
];

/** GOOG-NETWORK-INFO: every WebRTC client sends it; towards these ports of Google's media servers it is Google's own. */
const NETWORK_INFO = 0xc057;
const GOOGLE_MEDIA_PORT = 19_305;
const GOOGLE_MEDIA_PORTS = 5;

export interface StunMeaning {
  product?: string | undefined;
  software?: string | undefined;
  realm?: string | undefined;
}

/** Reads the message bytes[start, end) into `meaning`; what is there already stays. */
export function readStun(
  bytes: Uint8Array,
  start: number,
  end: number,
  serverPort: number,
  meaning: StunMeaning,
): void {
  const isModern = u32(bytes, start + 4) === STUN_COOKIE;
  const stop = Math.min(end, stunEnd(bytes, start));
  if (isModern && stunType(bytes, start) >> 8 === 8) meaning.product ??= WHATSAPP;
  for (let at = start + STUN_HEADER_BYTES; at + 4 <= stop; ) {
    const type = u16(bytes, at);
    const length = u16(bytes, at + 2);
    const valueEnd = at + 4 + length;
    if (valueEnd > stop) return;
    if (type === ATTRIBUTE_REALM) readRealm(bytes, at + 4, valueEnd, meaning);
    else if (type === ATTRIBUTE_SOFTWARE && length < 128) meaning.software ??= textOf(bytes, at + 4, valueEnd);
    else {
      const product = productOfAttribute(type, length, isModern, serverPort);
      if (product !== undefined) meaning.product ??= product;
    }
    at = at + 4 + ((length + 3) & ~3);
  }
}

function readRealm(bytes: Uint8Array, at: number, end: number, meaning: StunMeaning): void {
  const realm = textOf(bytes, at, end)?.toLowerCase();
  if (realm === undefined) return;
  meaning.realm ??= realm;
  for (const [part, product] of REALMS) if (realm.includes(part)) meaning.product ??= product;
}

/** Printable text, else undefined: realms of some servers are random bytes. */
function textOf(bytes: Uint8Array, at: number, end: number): string | undefined {
  const text = latin1Text(bytes, at, end, 128).replace(/\0+$/, '');
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

function productOfAttribute(type: number, length: number, isModern: boolean, serverPort: number): string | undefined {
  if (!isModern) return type === 0x0101 || type === 0x0103 ? ZOOM : undefined;
  switch (type) {
    // MS-TURN 2.2.2: MS-VERSION, MS-ALTERNATE-HOST-NAME, MS-SERVICE-QUALITY, MS-BANDWIDTH…; MS-ICE2: candidate identifier,
    // implementation version.
    case 0x8008:
    case 0x8054:
    case 0x8055:
    case 0x8070:
      return length === 4 ? TEAMS : undefined;
    case 0x8006:
    case 0x8032:
    case 0x8050:
    case 0x8095:
      return TEAMS;
    case 0x4000:
    case 0x4001:
    case 0x4002:
    case 0x4003:
    case 0x4004:
    case 0x4007:
      return WHATSAPP;
    case 0xff03:
      return GOOGLE;
    case 0x0101:
    case 0x0103:
      return ZOOM;
    case NETWORK_INFO:
      return serverPort >= GOOGLE_MEDIA_PORT && serverPort < GOOGLE_MEDIA_PORT + GOOGLE_MEDIA_PORTS
        ? GOOGLE
        : undefined;
    default:
      return undefined;
  }
}
