// Reads a WebSocket of JSON texts and waits for what is read. Must not know what the texts mean.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';

export type Frame = Readonly<Record<string, unknown>>;

export class StreamReader {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  /** With the code it was closed with. */
  readonly closed: Promise<number>;
  readonly #waiting = new Set<() => void>();

  constructor(url: string, options: object = {}) {
    this.socket = new WebSocket(url, options);
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.on('error', () => undefined);
    this.socket.on('message', (bytes, isBinary) => {
      assert.equal(isBinary, false);
      this.frames.push(JSON.parse(String(bytes)) as Frame);
      for (const look of this.#waiting) look();
    });
  }

  /** Resolves when the handshake is over; rejects when it is refused. */
  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  /** Resolves as soon as it is true of what was read, which is asked again after every frame. */
  until(isIt: (frames: readonly Frame[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isIt(this.frames)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** What a server notices of its clients comes through the kernel: asked again until it is true. */
export async function eventually(isIt: () => boolean): Promise<void> {
  while (!isIt()) await new Promise((resolve) => setTimeout(resolve, 5));
}
