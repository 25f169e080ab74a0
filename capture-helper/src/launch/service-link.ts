// A helper behind the service's socket: each connection is a stream of its own. Owns: that connection.
import { connect, type Socket } from 'node:net';
import { directReading } from './direct-reading.js';
import { cleanLine, type HelperLink, type LinkHandler } from './helper-link.js';

export class ServiceLink implements HelperLink {
  readonly helper = 'service';
  readonly pid = undefined;
  readonly #socket: Socket;
  #handler: LinkHandler | undefined;
  #message = '';
  #closed = false;
  #paused = false;

  constructor(path: string) {
    const reader = {
      space: () => this.#handler?.space?.(),
      onBytes: (bytes: Uint8Array) => this.#handler?.onBytes(bytes),
    };
    const onread = directReading(reader, () => this.#socket);
    this.#socket = connect({ path, allowHalfOpen: true, onread });
    // Until somebody reads: then the service's ring is the queue.
    this.#socket.pause();
    // A session keeps the analyzer alive with its own timer.
    this.#socket.unref();
    this.#socket.on('error', (error) => {
      this.#message = cleanLine(error.message);
    });
    this.#socket.on('end', () => this.#socket.destroy());
    this.#socket.on('close', () => {
      this.#closed = true;
      this.#settle();
    });
  }

  get alive(): boolean {
    return !this.#closed;
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler;
    if (!this.#paused) this.#socket.resume();
    if (this.#closed) setImmediate(() => this.#settle());
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#handler !== undefined) this.#socket.resume();
  }

  finish(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#handler = undefined;
    this.#socket.destroy();
  }

  #settle(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.onEnd({ message: this.#message });
  }
}
