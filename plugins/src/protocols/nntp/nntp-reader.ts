// Reads an NNTP session until the first article: greeting, user name, the group; hands over after STARTTLS.
// Never keeps a password. Bound: 30 lines.
import { DONE, LineSession, NEXT_LINE, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import { replyCodeAt, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 30;
const COMMANDS = wordList('authinfo user', 'group', 'starttls', 'article', 'takethis', 'ihave');
const USER = 0;
const GROUP = 1;
const START_TLS = 2;

export class NntpReader extends LineSession {
  constructor(flow: ProtocolFlow) {
    super(flow, MAX_LINES);
  }

  protected override onCommand(bytes: Uint8Array, start: number, end: number): number {
    const command = wordAt(bytes, start, end, COMMANDS);
    if (command === USER && start + 14 < end) this.tellUser(latin1Text(bytes, start + 14, end));
    else if (command === GROUP && start + 6 < end) this.flow.setDetails({ subject: latin1Text(bytes, start + 6, end) });
    else if (command === START_TLS) this.asksForTls = true;
    return command > START_TLS ? DONE : NEXT_LINE;
  }

  protected override onReply(bytes: Uint8Array, start: number, end: number): number {
    const code = replyCodeAt(bytes, start, end);
    if (code === 200 || code === 201) this.tellGreeting(bytes, start + 4, end);
    return this.asksForTls ? this.tlsAnswered(code === 382) : NEXT_LINE;
  }
}
