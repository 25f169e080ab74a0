// What rows of running flows know, over a real engine and real conversations: what their records know when they end.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { viewSource } from '@kaipo/cli/live/view-source.js';
import { pluginSet } from '@kaipo/cli/plugins/plugin-set.js';
import type { FlowOwner, FlowRecord } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { FEW_ROWS, MANY_ROWS } from '@kaipo/core/query/list-bounds.js';
import { LiveView } from '@kaipo/core/query/live-view.js';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';
import { PCAPS } from '../../fixtures/pcap-case.js';

const OWNER: FlowOwner = {
  ...{ app: 'curl', pid: 42, exe: '/usr/bin/curl', user: 'me', unit: 'a.service', container: 'box' },
  quality: 'event',
};

/** An engine that has read a capture; none of its flows has ended. `own`: the address of this host. */
function afterCapture(name: string, own: string, bits = 32) {
  const records: FlowRecord[] = [];
  let view: LiveView | undefined;
  const engine = new Engine({
    ...pluginSet({}),
    maxFlows: 16_384,
    timeouts: { tcpS: 1e6, tcpClosedS: 1e6, otherS: 1e6 },
    onFlowEnded: (flow) => view?.flowEnded(flow),
  });
  const zones = new TrafficZones();
  zones.refresh([{ address: own, cidr: `${own}/${bits}` }]);
  const source = viewSource(engine, { interfaceName: () => 'eth0', addresses: zones, findOwner: () => OWNER });
  view = new LiveView({
    ...source,
    placeOf: (ip) => (ip === '192.0.2.20' ? { country: 'DE', asn: 64_500, network: 'TEST' } : undefined),
  });
  engine.bus.subscribe({
    ...{ name: 'test', wants: ['flow.ended'], capacity: 64, whenFull: 'flush' },
    deliver: (events) => {
      for (const event of events) if (event.kind === 'flow.ended') records.push(event.flow);
    },
  });
  new CaptureReader((batch) => engine.process(batch)).push(readFileSync(join(PCAPS, name, 'input.pcap')));
  engine.analysis.tick(0);
  return { engine, view, records };
}

test('a row tells what its record will', () => {
  const { engine, view, records } = afterCapture('tls', '192.0.2.100');
  const { flows, hosts, apps } = view.take();
  assert.ok(flows.length > 8);
  const running = new Map(flows.map(({ id }) => [id, view.recordOf(id)]));
  assert.equal(view.recordOf('ffffffff00000000'), undefined);
  assert.equal(view.recordOf('no id'), undefined);
  engine.finish();
  let withNames = 0;
  for (const row of flows) {
    const record = records.find(({ id }) => id === row.id)!;
    const { localSide, endUs: _, owner: __, ...rest } = running.get(row.id)!;
    assert.deepEqual(rest, withoutSides(record, rest), 'the record it would leave is the record it leaves');
    assert.deepEqual(
      [
        row.serverName,
        row.serverNameFrom,
        row.protocol,
        row.protocolFrom,
        row.tlsVersion,
        row.ja4,
        row.service,
        row.category,
      ],
      [
        ...[record.serverName, record.serverNameFrom, record.protocol, record.protocolFrom, record.tlsVersion],
        ...[record.ja4, record.application, record.category],
      ],
    );
    assert.equal(row.direction, localSide === 'client' ? 'out' : 'in');
    if (row.serverName !== undefined) withNames += 1;
    const { app, pid, user, unit, container, quality } = row;
    assert.deepEqual({ app, pid, user, unit, container, quality, exe: OWNER.exe }, OWNER);
    const { serverHandshakeUs, serverLastRttUs } = record.health ?? {};
    if (row.direction === 'out') assert.equal(row.rttUs, serverLastRttUs ?? serverHandshakeUs);
  }
  assert.ok(withNames > 5);
  const out = flows.find(({ local }) => local.ip === '192.0.2.100')!;
  assert.deepEqual([out.zone, out.country, out.asn, out.network], ['internet', 'DE', 64_500, 'TEST']);
  const host = hosts.find(({ ip }) => ip === '192.0.2.20')!;
  assert.deepEqual([host.zone, host.country, host.asn, host.network], ['internet', 'DE', 64_500, 'TEST']);
  assert.equal(
    host.sinceUs,
    Math.min(...flows.filter(({ remote }) => remote.ip === host.ip).map(({ startUs }) => startUs)),
  );
  assert.equal(apps[0]?.service, undefined, 'its flows have none, or several');
});

test('a device of the local network is told with its host, and no place', () => {
  const { view, engine } = afterCapture('tls', '192.0.2.100', 24);
  const mac = '00:11:22:33:44:55';
  engine.devices.learn({ tsUs: 1, from: 'dhcp', ip: '192.0.2.20', mac, name: 'nas' });
  const { hosts, flows } = view.take(undefined, MANY_ROWS);
  const host = hosts.find(({ ip }) => ip === '192.0.2.20')!;
  assert.deepEqual([host.zone, host.device, host.country], ['lan', { mac, name: 'nas', vendor: 'CIMSYS' }, undefined]);
  const flow = flows.find(({ remote }) => remote.ip === '192.0.2.20')!;
  assert.deepEqual([flow.zone, flow.vendor, flow.country], ['lan', 'CIMSYS', undefined]);
});

test('who comes to this host comes in, and its own name is not that of the other end', () => {
  const { view, engine } = afterCapture('tls', '192.0.2.20');
  const end = { ip: '192.0.2.1', port: 53 };
  const answer = { tsUs: 1, client: end, server: end, id: 1, name: 'me.example', qtype: 'A', protocol: 'dns' };
  engine.names.learn({ ...answer, kind: 'dns.answered', rcode: 'NOERROR', answers: ['192.0.2.20'] });
  const flows = view.take().flows.filter(({ local }) => local.ip === '192.0.2.20' && local.port === 443);
  assert.ok(flows.length > 4, `${flows.length}`);
  for (const { id, direction, local, serverName } of flows) {
    assert.deepEqual([direction, local.ip, view.recordOf(id)?.localSide], ['in', '192.0.2.20', 'server']);
    assert.notEqual(serverName, 'me.example');
  }
});

test('lists are as long as they are asked for', () => {
  const { view } = afterCapture('tls', '192.0.2.100');
  assert.equal(view.take(undefined, { ...FEW_ROWS, flows: 3, hosts: 1 }).flows.length, 3);
  assert.equal(view.take(undefined, { ...FEW_ROWS, hosts: 1 }).hosts.length, 1);
});

/** Whose side it was nobody knew of a file; nothing else may differ. */
function withoutSides(record: FlowRecord, like: object): object {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name in like));
}

test('a running flow is asked about again when more is known of it, and not before', () => {
  const { engine } = afterCapture('tls', '192.0.2.100');
  const { analysis, notebook } = engine;
  const flow = Array.from({ length: engine.flows.highWater }, (_, at) => at).find(
    (at) => analysis.liveClassOf(at).serverName === undefined,
  )!;
  const before = analysis.liveClassOf(flow);
  assert.equal(before.application, undefined);
  assert.equal(analysis.liveClassOf(flow), before, 'the same value while nothing is new');
  for (const name of ['www.wikipedia.org', 'www.netflix.com']) {
    const end = { ip: '192.0.2.1', port: 53 };
    const answer = { tsUs: 1, client: end, server: end, id: 1, name, qtype: 'A', protocol: 'dns', rcode: 'NOERROR' };
    engine.names.learn({ ...answer, kind: 'dns.answered', answers: ['192.0.2.20'] });
    assert.equal(analysis.liveClassOf(flow).serverName, name);
  }
  notebook.setServerName(flow, 'www.youtube.com', 'sni');
  assert.deepEqual(
    [analysis.liveClassOf(flow).application, analysis.liveClassOf(flow).serverNameFrom],
    ['YouTube', 'sni'],
  );
  assert.equal(notebook.textsOf(flow)?.application, undefined, 'at its end more may be known');
});
