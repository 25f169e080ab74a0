// A plugin to start from: names flows whose first payload begins with "HELLO". Copy this folder, rename, replace.
// Owns: what this protocol looks like. Bound: what it keeps, and what happens when that is full.
import {
  type Analyzer,
  definePlugin,
  type EventWriter,
  type FlowNotes,
  type FrameBatch,
  type RowList,
} from '@kaipo/core/api/index.js';

interface HelloConfig {
  readonly ports: readonly number[];
}

export const helloPlugin = definePlugin<HelloConfig>({
  name: 'hello',
  apiVersion: 1,
  description: 'Recognises flows that begin with HELLO',
  parseConfig(raw) {
    const ports = (raw as { ports?: unknown } | undefined)?.ports ?? [7777];
    if (!Array.isArray(ports) || !ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)) {
      throw new Error('hello: ports must be a list of port numbers');
    }
    return Object.freeze({ ports });
  },
  register(registry, config) {
    registry.analyzer(new HelloAnalyzer(registry.flows.protocolId('hello'), config.ports));
  },
});

const GREETING = Buffer.from('HELLO', 'latin1');

class HelloAnalyzer implements Analyzer {
  readonly name = 'hello';
  readonly interest;
  readonly #protocol: number;

  constructor(protocol: number, ports: readonly number[]) {
    this.#protocol = protocol;
    this.interest = { transport: 'tcp', packets: 'payload', ports } as const;
  }

  onPackets(batch: FrameBatch, selected: RowList, flows: FlowNotes, _out: EventWriter): void {
    for (let i = 0; i < selected.length; i++) {
      const row = selected.rows[i]!;
      const flowId = batch.flowId[row]!;
      if (flows.hasPayloadProtocol(flowId)) continue;
      if (beginsWith(batch.bytes, batch.payloadStart[row]!, batch.payloadEnd[row]!, GREETING)) {
        flows.setProtocol(flowId, this.#protocol, 'payload');
      }
    }
  }
}

function beginsWith(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start < text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}
