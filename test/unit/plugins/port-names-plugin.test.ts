import assert from 'node:assert/strict';
import test from 'node:test';
import { portNamesPlugin } from '@kaipo/plugins/protocols/port-names/index.js';
import { parsePortTable, TCP_PORTS, UDP_PORTS } from '@kaipo/plugins/protocols/port-names/port-table.js';
import { describeAnalyzerContract } from '../../contract/analyzer.contract.js';
import { CLIENT, PluginBench, SERVER } from './plugin-bench.js';

function nameOf(
  transport: 'tcp' | 'udp' | 'icmp',
  srcPort: number,
  dstPort: number,
  config?: unknown,
): string | undefined {
  const bench = new PluginBench(portNamesPlugin, config);
  const [flow] = bench.run({ transport, src: CLIENT, srcPort, dst: SERVER, dstPort, payload: new Uint8Array(0) });
  const said = bench.protocols.get(flow!);
  assert.ok(said === undefined || said.evidence === 'port');
  return said?.name;
}

test('the server side port names the flow, by transport', () => {
  assert.equal(nameOf('tcp', 51_000, 22), 'ssh');
  assert.equal(nameOf('tcp', 51_000, 443), 'tls');
  assert.equal(nameOf('udp', 51_000, 443), 'quic');
  assert.equal(nameOf('udp', 123, 123), 'ntp');
  assert.equal(nameOf('udp', 68, 67), 'dhcp');
  assert.equal(nameOf('udp', 51_820, 51_820), 'wireguard');
  assert.equal(nameOf('udp', 51_000, 22), undefined);
  assert.equal(nameOf('icmp', 0, 0), undefined);
});

test('a port of the client names a flow only when it is a system port and the other says nothing', () => {
  assert.equal(nameOf('tcp', 443, 51_000), 'tls');
  assert.equal(nameOf('udp', 53, 51_820), 'dns');
  assert.equal(nameOf('tcp', 3306, 51_000), undefined);
  assert.equal(nameOf('udp', 51_820, 40_000), undefined);
  // An NFS client takes any free port below 1024.
  assert.equal(nameOf('tcp', 993, 2049), 'nfs');
});

test('configuration adds ports and takes them over', () => {
  const config = { tcp: { '9999': 'myproto', '22': 'tarpit' } };
  assert.equal(nameOf('tcp', 51_000, 9999, config), 'myproto');
  assert.equal(nameOf('tcp', 51_000, 22, config), 'tarpit');
  for (const bad of [{ tcp: { '0': 'x' } }, { tcp: { '80': 'Bad Name' } }, { udp: 5 }, { sctp: {} }]) {
    assert.throws(() => portNamesPlugin.parseConfig(bad), /port-names: /);
  }
});

test('the table has valid names and ports, none twice', () => {
  for (const table of [TCP_PORTS, UDP_PORTS]) {
    const seen = new Set<number>();
    for (const [name, ports] of parsePortTable(table)) {
      assert.match(name, /^[a-z0-9][a-z0-9-]{0,31}$/);
      for (const port of ports) {
        assert.ok(Number.isInteger(port) && port > 0 && port < 65_536, `${name} ${port}`);
        assert.ok(!seen.has(port), `${name}: ${port} is there twice`);
        seen.add(port);
      }
    }
    assert.ok(seen.size > 60);
  }
});

describeAnalyzerContract(portNamesPlugin);
