// What speaks directly over IP, without ports: ICMP, IGMP, OSPF, ESP and the others, named by their protocol number.
// Owns: the table of numbers and names. Must not know what they say. Bound: one look at the first packet of a flow.
import {
  type Analyzer,
  definePlugin,
  type EventWriter,
  type FlowNotes,
  type FrameBatch,
  parseNothing,
  type RowList,
} from '@kaipo/core/api/index.js';

export const ipProtocolsPlugin = definePlugin({
  name: 'ip-protocols',
  apiVersion: 1,
  description: 'What speaks directly over IP: ICMP, IGMP, OSPF, ESP and others',
  parseConfig: (raw) => parseNothing('ip-protocols', raw),
  register(registry) {
    registry.analyzer(new IpProtocolAnalyzer(registry.flows));
  },
});

/** IANA "Protocol Numbers". The number is in the header of every packet: evidence, not a guess. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  3: 'ggp',
  4: 'ipip',
  5: 'st',
  8: 'egp',
  9: 'igrp',
  27: 'rdp-ip',
  29: 'iso-tp4',
  33: 'dccp',
  41: '6in4',
  46: 'rsvp',
  47: 'gre',
  48: 'dsr',
  50: 'esp',
  51: 'ah',
  54: 'narp',
  55: 'mobile-ip',
  58: 'icmp6',
  67: 'ippc',
  73: 'cphb',
  80: 'iso-ip',
  88: 'eigrp',
  89: 'ospf',
  92: 'mtp',
  94: 'ipip',
  97: 'etherip',
  98: 'encap',
  102: 'pnni',
  103: 'pim',
  108: 'ipcomp',
  112: 'vrrp',
  113: 'pgm',
  115: 'l2tp',
  119: 'srp',
  121: 'smp',
  124: 'isis',
  135: 'mobility',
  136: 'udplite',
  137: 'mpls-in-ip',
  138: 'manet',
  139: 'hip',
  140: 'shim6',
  141: 'wesp',
  142: 'rohc',
};
/** Has ports, and protocols of its own above it, which name the flow better. */
const SCTP = 132;
const TCP = 6;
const UDP = 17;

class IpProtocolAnalyzer implements Analyzer {
  readonly name = 'ip-protocols';
  readonly interest = { transport: 'any', packets: 'flow-start' } as const;
  /** Number of the name by IP protocol; 0: it has none. */
  readonly #names = new Uint16Array(256);
  readonly #sctp: number;

  constructor(flows: FlowNotes) {
    for (const [protocol, name] of Object.entries(NAMES)) this.#names[Number(protocol)] = flows.protocolId(name);
    this.#sctp = flows.protocolId('sctp');
  }

  onPackets(batch: FrameBatch, selected: RowList, flows: FlowNotes, _out: EventWriter): void {
    for (let i = 0; i < selected.length; i++) {
      const row = selected.rows[i]!;
      const protocol = batch.ipProto[row]!;
      if (protocol === TCP || protocol === UDP) continue;
      const name = this.#names[protocol]!;
      if (name !== 0) flows.setProtocol(batch.flowId[row]!, name, 'payload');
      else if (protocol === SCTP) flows.setProtocol(batch.flowId[row]!, this.#sctp, 'port');
    }
  }
}
