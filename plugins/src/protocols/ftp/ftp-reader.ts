// Reads an FTP control connection: greeting, user name, program names, and where data connections will be; hands over after AUTH.
// Never keeps a password. Bound: MAX_LINES lines.
import { LineSession, NEXT_LINE, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import { replyCodeAt, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';
import { ftpDataPort } from './ftp-data-port.js';

const MAX_LINES = 10_000;
const USER = 0;
const CLIENT_NAME = 1;
const AUTH = 2;
const PORT = 3;
const COMMANDS = wordList('user', 'clnt', 'auth', 'port', 'eprt');

export class FtpReader extends LineSession {
  constructor(flow: ProtocolFlow) {
    super(flow, MAX_LINES);
  }

  protected override onCommand(bytes: Uint8Array, start: number, end: number): number {
    const command = wordAt(bytes, start, end, COMMANDS);
    if (command === AUTH) this.asksForTls = true;
    else if (command >= PORT) this.#expect(this.flow.clientIp, ftpDataPort(latin1Text(bytes, start, end)));
    else if (command >= 0 && start + 5 < end) {
      const text = latin1Text(bytes, start + 5, end);
      this.flow.setDetails(
        command === USER ? { userName: text } : command === CLIENT_NAME ? { clientSoftware: text } : {},
      );
    }
    return NEXT_LINE;
  }

  protected override onReply(bytes: Uint8Array, start: number, end: number): number {
    const code = replyCodeAt(bytes, start, end);
    if (code === 220) this.tellGreeting(bytes, start + 4, end);
    else if (code === 227 || code === 229)
      this.#expect(this.flow.serverIp, ftpDataPort(latin1Text(bytes, start + 4, end)));
    return this.asksForTls && code >= 200 ? this.tlsAnswered(code === 234 || code === 334) : NEXT_LINE;
  }

  /** The address is that of the control connection, whatever was said: nobody is sent elsewhere, and servers behind NAT do not know theirs. */
  #expect(ip: string, port: number | undefined): void {
    if (port !== undefined) this.flow.expect('tcp', ip, port, 'ftp-data');
  }
}
