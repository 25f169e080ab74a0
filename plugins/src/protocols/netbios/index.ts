// NetBIOS name service and datagram service (RFC 1001, RFC 1002). The session service is the framing of SMB and lives there.
// Owns: naming the flow, the name of the device that speaks, the names it asks for. Bound: four names and eight datagrams a flow.
import {
  DONE,
  defineProtocols,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type ProtocolFlow,
  type ProtocolSpec,
} from '@kaipo/core/api/index.js';
import {
  isNbdgm,
  isNbns,
  isNetbiosName,
  NBNS_NAME_AT,
  NBNS_QUERY,
  NBNS_REFRESH,
  NBNS_REGISTRATION,
  NETBIOS_NAME_LEN,
  nbdgmHasUserData,
  nbdgmSourceAt,
  nbnsIsResponse,
  nbnsOpcode,
  netbiosByte,
  netbiosNameEnd,
} from '@kaipo/core/wire/netbios.js';
import { netbiosText } from './netbios-text.js';

/** NetBIOS name service: names asked and registered. */
const nbnsSpec: ProtocolSpec = {
  name: 'nbns',
  transports: ['udp'],
  ports: [137],
  datagram: { minBytes: NBNS_NAME_AT + NETBIOS_NAME_LEN, at: NBNS_NAME_AT, values: [NETBIOS_NAME_LEN - 2] },
  probe: (p) => (isNbns(p.bytes, p.start, p.end) ? MATCH : NOT_MINE),
  open: (flow) => new NetbiosReader(flow, readNameService),
};

/** NetBIOS datagrams: who announces itself to its network. */
const nbdgmSpec: ProtocolSpec = {
  name: 'nbdgm',
  transports: ['udp'],
  ports: [138],
  datagram: { minBytes: 11, values: [0x10, 0x11, 0x12, 0x14, 0x15, 0x16] },
  probe: (p) => (isNbdgm(p.bytes, p.start, p.end, p.isCut) ? MATCH : NOT_MINE),
  open: (flow) => new NetbiosReader(flow, readDatagram),
};

export const netbiosPlugin = defineProtocols('netbios', 'NetBIOS names and datagrams: what devices call themselves', [
  nbnsSpec,
  nbdgmSpec,
]);

const MAX_DATAGRAMS = 8;
const MAX_NAMES = 4;
/** What has the name: the first for workstations, the others for services of one machine or group. */
const SUFFIX_WORKSTATION = 0x00;
const SUFFIX_SERVER = 0x20;

type ReadNames = (bytes: Uint8Array, start: number, end: number, names: NetbiosReader) => void;

class NetbiosReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  readonly #readNames: ReadNames;
  readonly #subjects: string[] = [];
  #left = MAX_DATAGRAMS;

  constructor(flow: ProtocolFlow, readNames: ReadNames) {
    this.#flow = flow;
    this.#readNames = readNames;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    this.#readNames(bytes, start, end, this);
    this.#left -= 1;
    return this.#left > 0 ? end - start : DONE;
  }

  device(name: string): void {
    if (name !== '') this.#flow.setDetails({ deviceName: name });
  }

  subject(name: string): void {
    if (name === '' || this.#subjects.length >= MAX_NAMES || this.#subjects.includes(name)) return;
    this.#subjects.push(name);
    this.#flow.setDetails({ subject: this.#subjects.join(', ') });
  }
}

/** Who registers a machine's name has it; whatever else is named is what the talk is about. */
function readNameService(bytes: Uint8Array, start: number, end: number, names: NetbiosReader): void {
  if (!isNbns(bytes, start, end)) return;
  const at = start + NBNS_NAME_AT;
  const name = netbiosText(bytes, at);
  const opcode = nbnsOpcode(bytes, start);
  const isOwn = opcode >= NBNS_REGISTRATION && opcode <= NBNS_REFRESH + 1 && !nbnsIsResponse(bytes, start);
  const suffix = netbiosByte(bytes, at, 15);
  if (isOwn && (suffix === SUFFIX_WORKSTATION || suffix === SUFFIX_SERVER)) names.device(name);
  if (isOwn || opcode === NBNS_QUERY || opcode >= NBNS_REGISTRATION) names.subject(name);
}

function readDatagram(bytes: Uint8Array, start: number, end: number, names: NetbiosReader): void {
  if (!nbdgmHasUserData(bytes, start) || !isNbdgm(bytes, start, end, true)) return;
  const source = nbdgmSourceAt(start);
  names.device(netbiosText(bytes, source));
  const destination = netbiosNameEnd(bytes, source, end);
  if (destination > 0 && isNetbiosName(bytes, destination, end)) names.subject(netbiosText(bytes, destination));
}
