// A mail server of a few lines (RFC 5321): takes letters, or answers one command with what a test says. Bound: one test's letters.

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

export class SmtpPeer {
  readonly letters: Letter[] = [];
  readonly commands: string[] = [];
  readonly #replies: Readonly<Record<string, string>>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** @param replies what to answer instead, by the first word of a command (or "DATA."): the end of a letter. */
  constructor(replies: Readonly<Record<string, string>> = {}) {
    this.#replies = replies;
    this.#server = createServer((socket) => this.#talk(socket));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #talk(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
    let pending = '';
    let letter: { from: string; to: string[]; text?: string } = { from: '', to: [] };
    const say = (text: string): void => void socket.write(`${text}\r\n`);
    say(this.#replies['greeting'] ?? '220 peer ESMTP');
    socket.setEncoding('utf8').on('data', (part: string) => {
      pending += part;
      for (;;) {
        const end = letter.text === undefined ? pending.indexOf('\r\n') : pending.indexOf('\r\n.\r\n');
        if (end === -1) return;
        const line = pending.slice(0, end);
        if (letter.text !== undefined) {
          pending = pending.slice(end + 5);
          this.letters.push({ ...letter, text: line });
          letter = { from: '', to: [] };
          say(this.#replies['DATA.'] ?? '250 queued');
          continue;
        }
        pending = pending.slice(end + 2);
        this.commands.push(line);
        const word = line.split(' ')[0]!.toUpperCase();
        if (word === 'MAIL') letter.from = /<(.*)>/.exec(line)?.[1] ?? '';
        if (word === 'RCPT') letter.to.push(/<(.*)>/.exec(line)?.[1] ?? '');
        const reply = this.#replies[word] ?? (word === 'DATA' ? '354 go on' : word === 'QUIT' ? '221 bye' : '250 ok');
        if (word === 'DATA' && reply.startsWith('354')) letter.text = '';
        say(reply);
      }
    });
  }
}
