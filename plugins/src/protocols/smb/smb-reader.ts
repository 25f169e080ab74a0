// Reads an SMB connection as far as it says who talks about what: session names, dialect, user, shares.
// Must not know files or sessions. Bound: 64 messages a flow, four shares; messages of other kinds are skipped unseen.
import { DONE, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfByte, indexOfBytes, latin1Text } from '@kaipo/core/wire/match.js';
import {
  isNetbiosName,
  NBSS_HEADER_LEN,
  NBSS_MESSAGE,
  NBSS_REQUEST,
  NETBIOS_NAME_LEN,
  nbssLength,
  netbiosByte,
} from '@kaipo/core/wire/netbios.js';
import { ntlmIdentity, ntlmUserText } from '@kaipo/core/wire/ntlmssp.js';
import {
  isSmb,
  isSmb1,
  isSmb2,
  SMB1_HEADER_LEN,
  SMB1_NEGOTIATE,
  SMB1_SESSION_SETUP,
  SMB1_TREE_CONNECT,
  SMB2_HEADER_LEN,
  SMB2_NEGOTIATE,
  SMB2_SESSION_SETUP,
  SMB2_TREE_CONNECT,
  smb1Command,
  smb1DataAt,
  smb1IsReply,
  smb1IsUnicode,
  smb1Word,
  smb2Command,
  smb2Dialect,
  smb2IsReply,
  smb2NextCommand,
  smb2PathLength,
  smb2PathOffset,
} from '@kaipo/core/wire/smb.js';

const MAX_MESSAGES = 64;
const MAX_SHARES = 4;
const MAX_COMPOUND = 8;
/** Longer messages carry files, not names. */
const MAX_READ = 12_288;
const MAX_PATH = 512;
const DIALECTS: Readonly<Record<number, string>> = {
  514: 'SMB 2.0.2',
  528: 'SMB 2.1',
  768: 'SMB 3.0',
  770: 'SMB 3.0.2',
  785: 'SMB 3.1.1',
};
const DIALECT_MARK = 2;
const UTF16 = new TextDecoder('utf-16le');
const BACKSLASHES = asciiBytes('\\\\');
const BACKSLASHES_16 = asciiBytes('\\\0\\\0');

export class SmbReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  readonly #shares: string[] = [];
  #dialects: readonly string[] = [];
  #isNamed = false;
  #left = MAX_MESSAGES;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (end - at >= NBSS_HEADER_LEN + 4) {
      const stop = at + NBSS_HEADER_LEN + nbssLength(bytes, at);
      const isWanted = stop - at <= MAX_READ;
      if (isWanted && stop > end) break;
      if (isWanted) this.#readFrame(bytes, at, stop);
      else if (bytes[at] !== NBSS_MESSAGE || !isSmb(bytes, at + NBSS_HEADER_LEN)) return SKIP_SIDE;
      at = stop;
      this.#left -= 1;
      if (this.#left <= 0) return DONE;
      if (at > end) break; // the rest of a long message is skipped
    }
    return at - start;
  }

  /** A capture may miss what is between two requests; the next message would have to be guessed. */
  gap(): boolean {
    return false;
  }

  #readFrame(bytes: Uint8Array, frame: number, end: number): void {
    const at = frame + NBSS_HEADER_LEN;
    if (bytes[frame] === NBSS_REQUEST) this.#readSession(bytes, at, end);
    if (bytes[frame] !== NBSS_MESSAGE || at + 4 > end || !isSmb(bytes, at)) return;
    if (!this.#isNamed) this.#flow.rename('smb');
    this.#isNamed = true;
    if (isSmb1(bytes, at) && end - at > SMB1_HEADER_LEN + 3) this.#readSmb1(bytes, at, end);
    else if (isSmb2(bytes, at)) this.#readSmb2(bytes, at, end);
  }

  /** RFC 1002 4.3.2: the name that is called, the name of the caller. */
  #readSession(bytes: Uint8Array, at: number, end: number): void {
    const caller = at + NETBIOS_NAME_LEN;
    if (!isNetbiosName(bytes, at, end) || !isNetbiosName(bytes, caller, end)) return;
    let name = '';
    for (let i = 0; i < 15; i++) name += String.fromCharCode(netbiosByte(bytes, caller, i));
    name = name.replace(/[ \0]+$/, '');
    if (name !== '') this.#flow.setDetails({ deviceName: name });
  }

  #readSmb1(bytes: Uint8Array, at: number, end: number): void {
    const command = smb1Command(bytes, at);
    const isReply = smb1IsReply(bytes, at);
    const data = smb1DataAt(bytes, at);
    if (data > end) return;
    if (command === SMB1_NEGOTIATE && !isReply) this.#dialects = smb1Dialects(bytes, data, end);
    else if (command === SMB1_NEGOTIATE) this.#setDialect(this.#dialects[smb1Word(bytes, at, 0)]);
    else if (command === SMB1_SESSION_SETUP) this.#readLogin(bytes, at, end);
    // A tree connect may ride on a session setup: its path is the only text with two backslashes.
    if ((command === SMB1_TREE_CONNECT || command === SMB1_SESSION_SETUP) && !isReply)
      this.#addShare(pathIn(bytes, data, end, smb1IsUnicode(bytes, at)));
  }

  #readSmb2(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    for (let i = 0; i < MAX_COMPOUND && end - at >= SMB2_HEADER_LEN + 8 && isSmb2(bytes, at); i++) {
      const command = smb2Command(bytes, at);
      const isReply = smb2IsReply(bytes, at);
      if (command === SMB2_NEGOTIATE && isReply) this.#setDialect(DIALECTS[smb2Dialect(bytes, at)]);
      else if (command === SMB2_SESSION_SETUP && !isReply) this.#readLogin(bytes, at, end);
      else if (command === SMB2_TREE_CONNECT && !isReply) {
        const path = at + smb2PathOffset(bytes, at);
        const stop = path + smb2PathLength(bytes, at);
        if (stop <= end && stop - path <= MAX_PATH) this.#addShare(UTF16.decode(bytes.subarray(path, stop)));
      }
      const next = smb2NextCommand(bytes, at);
      if (next < SMB2_HEADER_LEN) return;
      at += next;
    }
  }

  #setDialect(dialect: string | undefined): void {
    if (dialect !== undefined) this.#flow.setDetails({ serverSoftware: dialect });
  }

  #readLogin(bytes: Uint8Array, start: number, end: number): void {
    const identity = ntlmIdentity(bytes, start, end);
    if (identity === undefined) return;
    const user = ntlmUserText(identity);
    this.#flow.setDetails({
      ...(user !== undefined && { userName: user }),
      ...(identity.host !== undefined && { deviceName: identity.host }),
    });
  }

  #addShare(path: string): void {
    if (path === '' || this.#shares.length >= MAX_SHARES || this.#shares.includes(path)) return;
    this.#shares.push(path);
    this.#flow.setDetails({ subject: this.#shares.join(', ') });
  }
}

/** Names of dialects, each with a mark before and a zero behind. */
function smb1Dialects(bytes: Uint8Array, start: number, end: number): readonly string[] {
  const dialects: string[] = [];
  let at = start;
  while (at < end && bytes[at] === DIALECT_MARK && dialects.length < 32) {
    const zero = indexOfByte(bytes, at + 1, end, 0);
    if (zero < 0) break;
    dialects.push(latin1Text(bytes, at + 1, zero, 32));
    at = zero + 1;
  }
  return dialects;
}

/** The first \\server\share in [start, end), or ''. */
function pathIn(bytes: Uint8Array, start: number, end: number, isUnicode: boolean): string {
  const at = indexOfBytes(bytes, start, end, isUnicode ? BACKSLASHES_16 : BACKSLASHES);
  if (at < 0) return '';
  const text = isUnicode
    ? UTF16.decode(bytes.subarray(at, Math.min(end, at + MAX_PATH)))
    : latin1Text(bytes, at, end, MAX_PATH);
  const zero = text.indexOf('\0');
  return zero < 0 ? '' : text.slice(0, zero);
}
