import assert from 'node:assert/strict';
import test from 'node:test';
import type { Analyzer, FlowNotes, ProtocolEvidence } from '@kaipo/core/api/index.js';
import { ipProtocolsPlugin } from '@kaipo/plugins/protocols/ip-protocols/index.js';
import { decodedBatch } from '../../fixtures/frame-rows.js';

const SRC = '192.0.2.1';
const DST = '192.0.2.2';

/** What the plugin says of a flow of each of these IP protocols. */
function namesOf(...protocols: readonly number[]): (readonly [name: string, evidence: ProtocolEvidence] | undefined)[] {
  const names: string[] = [''];
  const said = new Map<number, readonly [string, ProtocolEvidence]>();
  const flows = {
    protocolId: (name: string) => names.push(name) - 1,
    setProtocol: (flow: number, id: number, evidence: ProtocolEvidence) => said.set(flow, [names[id]!, evidence]),
  } as unknown as FlowNotes;
  let analyzer: Analyzer | undefined;
  ipProtocolsPlugin.register(
    {
      flows,
      analyzer: (made) => (analyzer = made),
      protocol: () => undefined,
      classifier: () => undefined,
      detector: () => undefined,
    },
    ipProtocolsPlugin.parseConfig(undefined),
  );
  const batch = decodedBatch(protocols.map((proto) => ({ src: SRC, dst: DST, proto })));
  protocols.forEach((_protocol, row) => {
    batch.flowId[row] = row;
  });
  const rows = Uint32Array.from(protocols, (_protocol, row) => row);
  analyzer?.onPackets?.(batch, { rows, length: rows.length }, flows, { write: () => undefined });
  return protocols.map((_protocol, row) => said.get(row));
}

test('what speaks directly over IP is named by its number', () => {
  assert.deepEqual(
    namesOf(1, 2, 50, 58, 89, 112).map((said) => said?.[0]),
    ['icmp', 'igmp', 'esp', 'icmp6', 'ospf', 'vrrp'],
  );
  assert.equal(namesOf(1)[0]?.[1], 'payload');
});

test('TCP and UDP are left alone, SCTP is said like a port, numbers nobody uses have no name', () => {
  assert.deepEqual(namesOf(6, 17, 132, 253), [undefined, undefined, ['sctp', 'port'], undefined]);
});

test('there are no settings', () => {
  assert.throws(() => ipProtocolsPlugin.parseConfig({ ports: [1] }), /ip-protocols: unknown key "ports"/);
});
