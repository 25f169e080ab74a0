// Zabbix agents, proxies and servers. Owns: the header every message begins with; reads the host of an active agent.
// "ZBXD", flags, length and a reserved number in little endian, then JSON. Bound: the first 1,024 bytes of a side.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { asciiBytes, latin1Text } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const MAGIC = asciiBytes('ZBXD');
const FLAG_PROTOCOL = 1;
const FLAG_COMPRESSED = 2;
const ALL_FLAGS = 7;
const MAX_BYTES = 1_024;
const HOST = /"host"\s*:\s*"([^"\\]{1,128})"/;

export const zabbixPlugin = defineProtocol('Zabbix: host of the agent', {
  name: 'zabbix',
  transports: ['tcp'],
  ports: [10050, 10051],
  firstBytes: [0x5a],
  probe,
  open: (flow) => new ZabbixReader(flow),
});

function probe(p: Probe): Verdict {
  const agreement = agreesWith(p.bytes, p.start, p.end, MAGIC);
  if (agreement !== MATCH) return agreement;
  if (p.end - p.start < 5) return UNSURE;
  const flags = p.bytes[p.start + 4]!;
  return (flags & FLAG_PROTOCOL) !== 0 && flags <= ALL_FLAGS ? MATCH : NOT_MINE;
}

class ZabbixReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > 4 && (bytes[start + 4]! & FLAG_COMPRESSED) !== 0) return DONE;
    const found = HOST.exec(latin1Text(bytes, start, end, MAX_BYTES));
    if (found !== null) this.#flow.setDetails({ deviceName: found[1]! });
    return found !== null || end - start > MAX_BYTES ? DONE : 0;
  }
}
