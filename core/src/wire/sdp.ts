// Session descriptions (RFC 8866) as SIP and RTSP carry them: where media will be sent. Must not know who carries them.
// Bound: MAX_MEDIA media of the first MAX_BYTES.
import { latin1Text } from './match.js';

const MAX_BYTES = 8192;
const MAX_MEDIA = 16;

export interface SdpMedia {
  readonly ip: string;
  readonly port: number;
  readonly rtcpPort: number;
}

/** Media over RTP in bytes[start, end); those that are refused (port 0), without an address or over something else are left out. */
export function sdpMedia(bytes: Uint8Array, start: number, end: number): SdpMedia[] {
  const media: { ip: string; port: number; rtcpPort: number }[] = [];
  let sessionIp = '';
  let isInMedia = false;
  let current: { ip: string; port: number; rtcpPort: number } | undefined;
  for (const line of latin1Text(bytes, start, Math.min(end, start + MAX_BYTES), MAX_BYTES).split(/\r?\n/)) {
    const connection = /^c=IN IP[46] ([0-9a-fA-F.:]{2,45})/.exec(line);
    if (connection !== null) {
      if (current !== undefined) current.ip = connection[1]!;
      else if (!isInMedia) sessionIp = connection[1]!;
    } else if (line.startsWith('m=')) {
      if (media.length === MAX_MEDIA) break;
      isInMedia = true;
      current = mediaOf(line, sessionIp);
      if (current !== undefined) media.push(current);
    } else if (current !== undefined) {
      const rtcp = /^a=rtcp:(\d{1,5})/.exec(line);
      if (rtcp !== null) current.rtcpPort = Number(rtcp[1]);
    }
  }
  return media.filter(({ ip }) => ip !== '');
}

/** "m=audio 49170/2 RTP/AVP 0": kind, port, how many, and how they are sent. */
function mediaOf(line: string, ip: string): { ip: string; port: number; rtcpPort: number } | undefined {
  const found = /^m=\w{1,16} (\d{1,5})(?:\/\d{1,3})? (?:UDP\/TLS\/)?RTP\//.exec(line);
  const port = Number(found?.[1] ?? 0);
  return port === 0 ? undefined : { ip, port, rtcpPort: port + 1 };
}
