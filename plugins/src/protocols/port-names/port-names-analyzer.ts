// Names new flows by port. Owns: which of the two ports speaks. Bound: two tables of 65,536 numbers, one look a flow.
// Must not know: payload.
/** @hot */
import type { Analyzer, FlowNotes, FrameBatch, Interest, RowList } from '@kaipo/core/api/index.js';

const IP_PROTO_TCP = 6;
const IP_PROTO_UDP = 17;
/** RFC 6335 section 6: system ports end here. Only a privileged program listens below. */
const FIRST_USER_PORT = 1024;
/** Linux gives outgoing connections ports from here (net.ipv4.ip_local_port_range); IANA's own range is inside. */
const FIRST_EPHEMERAL_PORT = 32_768;

export class PortNamesAnalyzer implements Analyzer {
  readonly name = 'port-names';
  readonly interest: Interest = { transport: 'any', packets: 'flow-start' };
  /** Protocol number by port; 0: no name. */
  readonly #tcp: Uint32Array;
  readonly #udp: Uint32Array;

  constructor(tcp: Uint32Array, udp: Uint32Array) {
    this.#tcp = tcp;
    this.#udp = udp;
  }

  onPackets(batch: FrameBatch, selected: RowList, flows: FlowNotes): void {
    for (let i = 0; i < selected.length; i++) {
      const row = selected.rows[i]!;
      const transport = batch.ipProto[row]!;
      const names = transport === IP_PROTO_TCP ? this.#tcp : transport === IP_PROTO_UDP ? this.#udp : undefined;
      if (names === undefined) continue;
      const flowId = batch.flowId[row]!;
      const fromClient = flows.isFromClient(batch, row);
      const serverPort = fromClient ? batch.dstPort[row]! : batch.srcPort[row]!;
      const clientPort = fromClient ? batch.srcPort[row]! : batch.dstPort[row]!;
      const protocol = nameOf(names, serverPort, clientPort);
      if (protocol !== 0) flows.setProtocol(flowId, protocol, 'port');
    }
  }
}

/**
 * The server's port names the flow. The client's does only when it is a system port and the other says nothing: then the capture
 * began in the middle, with an answer. A user port on the client side is as likely chance as service, and so is a named port of
 * the ephemeral range (51820) opposite a named system port.
 */
function nameOf(names: Uint32Array, serverPort: number, clientPort: number): number {
  const fromServer = names[serverPort]!;
  const fromClient = clientPort < FIRST_USER_PORT ? names[clientPort]! : 0;
  if (fromServer === 0) return fromClient;
  return fromClient !== 0 && serverPort >= FIRST_EPHEMERAL_PORT ? fromClient : fromServer;
}
