// How well hosts are reached: sums of flow health and of DNS answers by server address. Owns: these sums.
// Bound: `capacity` hosts; those met later are counted in `refused` only.
import type { DnsAnswered, DnsAsked } from '../api/events.js';
import type { FlowHealthColumns } from '../flow/flow-health.js';

/** Of one server, as seen by its clients. Microseconds are means unless they say least. */
export interface HostHealth {
  readonly handshakeUs?: number;
  readonly leastRttUs?: number;
  /** Of all TCP packets with that host, both ways. */
  readonly retransmits?: number;
  readonly resets?: number;
  readonly zeroWindows?: number;
  /** Questions to it as a resolver, answers, answers that are errors, and the mean time to an answer. */
  readonly dnsQuestions?: number;
  readonly dnsAnswers?: number;
  readonly dnsFailures?: number;
  readonly dnsLatencyUs?: number;
}

class HostSums {
  handshakes = 0;
  handshakeUs = 0;
  leastRttUs = Number.POSITIVE_INFINITY;
  retransmits = 0;
  resets = 0;
  zeroWindows = 0;
  dnsQuestions = 0;
  dnsAnswers = 0;
  dnsFailures = 0;
  dnsTimed = 0;
  dnsLatencyUs = 0;
}

export class HostHealthSums {
  /** Flows and answers of hosts there was no room for. */
  refused = 0;
  readonly #hosts = new Map<string, HostSums>();
  readonly #capacity: number;

  constructor(capacity = 65_536) {
    this.#capacity = capacity;
  }

  /** Of a flow that `hasHealth`, from its row; the columns are by side, the server is the other one. */
  addFlow(serverIp: string, columns: FlowHealthColumns, flow: number, clientSide: number): void {
    const sums = this.#of(serverIp);
    if (sums === undefined) return;
    const client = flow * 2 + clientSide;
    const server = client ^ 1;
    const { handshakeUs, leastRttUs, retransmits, resets, zeroWindows } = columns;
    if (handshakeUs[server]! > 0) {
      sums.handshakes += 1;
      sums.handshakeUs += handshakeUs[server]!;
    }
    if (leastRttUs[server]! > 0) sums.leastRttUs = Math.min(sums.leastRttUs, leastRttUs[server]!);
    sums.retransmits += retransmits[client]! + retransmits[server]!;
    sums.resets += resets[client]! + resets[server]!;
    sums.zeroWindows += zeroWindows[client]! + zeroWindows[server]!;
  }

  addDns(event: DnsAsked | DnsAnswered): void {
    if (event.protocol !== 'dns') return;
    const sums = this.#of(event.server.ip);
    if (sums === undefined) return;
    if (event.kind === 'dns.asked') {
      sums.dnsQuestions += 1;
      return;
    }
    sums.dnsAnswers += 1;
    // NXDOMAIN is an answer: the name is not there. The others are failures of the resolver (RFC 1035 section 4.1.1).
    if (event.rcode !== 'NOERROR' && event.rcode !== 'NXDOMAIN') sums.dnsFailures += 1;
    if (event.latencyUs === undefined) return;
    sums.dnsTimed += 1;
    sums.dnsLatencyUs += event.latencyUs;
  }

  /** Undefined when nothing was measured. */
  of(ip: string): HostHealth | undefined {
    const sums = this.#hosts.get(ip);
    if (sums === undefined) return undefined;
    const fields: [keyof HostHealth, number][] = [
      ['handshakeUs', mean(sums.handshakeUs, sums.handshakes)],
      ['leastRttUs', Number.isFinite(sums.leastRttUs) ? sums.leastRttUs : 0],
      ['retransmits', sums.retransmits],
      ['resets', sums.resets],
      ['zeroWindows', sums.zeroWindows],
      ['dnsQuestions', sums.dnsQuestions],
      ['dnsAnswers', sums.dnsAnswers],
      ['dnsFailures', sums.dnsFailures],
      ['dnsLatencyUs', mean(sums.dnsLatencyUs, sums.dnsTimed)],
    ];
    const known = fields.filter(([, value]) => value > 0);
    return known.length === 0 ? undefined : Object.fromEntries(known);
  }

  #of(ip: string): HostSums | undefined {
    let sums = this.#hosts.get(ip);
    if (sums === undefined) {
      if (this.#hosts.size >= this.#capacity) {
        this.refused += 1;
        return undefined;
      }
      sums = new HostSums();
      this.#hosts.set(ip, sums);
    }
    return sums;
  }
}

const mean = (sum: number, count: number): number => (count === 0 ? 0 : Math.round(sum / count));
