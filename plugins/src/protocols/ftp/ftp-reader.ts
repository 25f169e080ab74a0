// Reads an FTP control connection until the login is over: greeting, user name, program names; hands over after AUTH.
// Never keeps a password. Bound: 40 lines.
import { LineSession, NEXT_LINE, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import { replyCodeAt, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 40;
const USER = 0;
const CLIENT_NAME = 1;
const AUTH = 2;
const COMMANDS = wordList('user', 'clnt', 'auth');

export class FtpReader extends LineSession {
  constructor(flow: ProtocolFlow) {
    super(flow, MAX_LINES);
  }

  protected override onCommand(bytes: Uint8Array, start: number, end: number): number {
    const command = wordAt(bytes, start, end, COMMANDS);
    if (command === AUTH) this.asksForTls = true;
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
    return this.asksForTls && code >= 200 ? this.tlsAnswered(code === 234 || code === 334) : NEXT_LINE;
  }
}
