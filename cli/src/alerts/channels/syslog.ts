// Alerts by syslog: RFC 5424 messages over UDP (RFC 5426), TCP with counted octets (RFC 6587) or TLS (RFC 5425), whose receiver must
// have a certificate that holds. One connection a delivery. Syslog has no answer: over TCP delivered is what the other side took and
// closed without a complaint, over UDP what was sent.
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { AlertSink, DeliveryOutcome } from '@kaipo/core/api/alert-sink.js';
import { MAX_INCIDENTS } from './parts/delivery-words.js';
import { failureText } from './parts/http-post.js';
import { type SyslogFacility, syslogMessage } from './parts/syslog-message.js';

const TIMEOUT_MS = 15_000;
/** After everything is sent: a receiver that keeps its side open has it all the same. */
const CLOSE_MS = 2000;

export interface SyslogOptions {
  readonly name: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
  readonly facility: SyslogFacility;
  /** PEM, instead of the roots that Node.js has. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

export function syslogChannel(options: SyslogOptions): AlertSink {
  const { name, transport, facility, timeoutMs = TIMEOUT_MS } = options;
  return {
    name,
    deliver: async (delivery, signal): Promise<DeliveryOutcome> => {
      const incidents = delivery.incidents.slice(0, MAX_INCIDENTS);
      const messages = incidents.map((incident) => syslogMessage(delivery, incident, facility));
      const limit = AbortSignal.timeout(timeoutMs);
      try {
        const both = AbortSignal.any([signal, limit]);
        if (transport === 'udp') await sendDatagrams(options, messages);
        else await sendStream(options, Buffer.concat(messages.map(counted)), both);
        return { kind: 'delivered' };
      } catch (error) {
        return {
          kind: 'failed',
          detail: limit.aborted ? `not taken within ${timeoutMs / 1000} s` : failureText(error),
        };
      }
    },
  };
}

/** The length in front: a message may hold anything, also line ends. */
const counted = (message: Buffer): Buffer => Buffer.concat([Buffer.from(`${message.length} `), message]);

async function sendDatagrams({ host, port }: SyslogOptions, messages: readonly Buffer[]): Promise<void> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    for (const message of messages) {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.send(message, port, address, (error) => (error ? reject(error) : resolve()));
      });
    }
  } finally {
    socket.close();
  }
}

function sendStream({ host, port, transport, ca }: SyslogOptions, bytes: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket =
      transport === 'tcp'
        ? connect({ host, port })
        : connectTls({
            host,
            port,
            minVersion: 'TLSv1.2',
            ...(isIP(host) === 0 && { servername: host }),
            ...(ca !== undefined && { ca }),
          });
    const abort = (): void => void socket.destroy(new Error('interrupted'));
    signal.addEventListener('abort', abort, { once: true });
    let closing: NodeJS.Timeout | undefined;
    let isSent = false;
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(closing);
      signal.removeEventListener('abort', abort);
      if (isSent) resolve();
      else reject(new Error('the receiver closed the connection early'));
    });
    socket.once('finish', () => {
      isSent = true;
      closing = setTimeout(() => socket.destroy(), CLOSE_MS);
    });
    // Node.js sees the end of the other side only when somebody reads.
    socket.resume();
    if (signal.aborted) abort();
    else socket.once(transport === 'tcp' ? 'connect' : 'secureConnect', () => socket.end(bytes));
  });
}
