// Deliveries and receivers for tests of channels: real servers on loopback, each with a script of how it answers.
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Delivery, DeliveryReason, Incident } from '@kaipo/core/api/alert-sink.js';

/** Tries every markup there is. */
export const HOSTILE =
  '<!channel> @everyone <@U123> *b* _i_ `c` [x](https://evil.example) <b>&amp;</b> {{DATE(x)}} \r\nBcc: a@b.example\u001b[2J\u202e"\\]\u0000 #1';

export function incident(values: Partial<Incident> = {}): Incident {
  return {
    id: '0000000000000001',
    rule: 'port-scan',
    key: '10.0.0.9',
    severity: 'warning',
    subject: '10.0.0.9',
    scope: { host: '10.0.0.9', direction: 'in' },
    summary: '10.0.0.9 tried 1000 ports of this host',
    evidence: { ports: 1000, first: '1, 2, 3' },
    firstUs: 1_700_000_000_000_000,
    lastUs: 1_700_000_060_000_000,
    count: 3,
    ...values,
  };
}

export function delivery(id: string, values: Partial<Delivery> & { readonly of?: readonly Incident[] } = {}): Delivery {
  const { of = [incident()], ...rest } = values;
  const reason: DeliveryReason = of.length > 1 ? 'digest' : 'opened';
  const device = { id: 'dev1', hostname: 'host1' };
  return { id, reason, atUs: 1_700_000_061_000_000, incidents: of, device, ...rest };
}

export const hostileIncident = (): Incident =>
  incident({
    summary: HOSTILE,
    subject: HOSTILE,
    rule: HOSTILE,
    severity: 'critical',
    evidence: { [HOSTILE]: HOSTILE },
  });

/** `hang`: takes the request and never answers. `half`: breaks off inside the answer. `drop`: breaks off before it. */
export type Answer = number | 'hang' | 'half' | 'drop' | ((response: ServerResponse) => void);

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export class Receiver {
  readonly received: Received[] = [];
  readonly #server: Server;
  readonly #waiting: (() => void)[] = [];

  /** @param answer is asked for each request; counted from 0. */
  private constructor(answer: (request: Received, index: number) => Answer) {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const got = { method, path: url, headers, body };
        this.received.push(got);
        give(answer(got, this.received.length - 1), response);
        for (const resolve of this.#waiting.splice(0)) resolve();
      });
    });
  }

  static async open(answer: (request: Received, index: number) => Answer = () => 200, port = 0): Promise<Receiver> {
    const receiver = new Receiver(answer);
    await new Promise<void>((resolve, reject) => {
      receiver.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  async until(condition: (received: readonly Received[]) => boolean): Promise<void> {
    while (!condition(this.received)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function give(answer: Answer, response: ServerResponse): void {
  if (typeof answer === 'function') answer(response);
  else if (typeof answer === 'number') response.writeHead(answer).end('said');
  else if (answer === 'drop') response.destroy();
  else if (answer === 'half') {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half', () => response.destroy());
  }
}

export const never = (): AbortSignal => new AbortController().signal;
