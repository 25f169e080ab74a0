import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DeviceSeen } from '@kaipo/core/api/index.js';
import { arpSpoofPlugin } from '@kaipo/plugins/anomalies/arp-spoof/index.js';
import { gatewayChangePlugin } from '@kaipo/plugins/anomalies/gateway-change/index.js';
import { ndpSpoofPlugin } from '@kaipo/plugins/anomalies/ndp-spoof/index.js';
import { AddressClaims } from '@kaipo/plugins/anomalies/parts/address-claims.js';
import { rogueDhcpPlugin } from '@kaipo/plugins/anomalies/rogue-dhcp/index.js';
import { DetectorRun, detectorOf } from '../../fixtures/detector-harness.js';
import { DAY_US, MONDAY_US } from '../../fixtures/ordinary-weeks.js';

const ROUTER = '192.168.1.1';
const ROUTER_MAC = '3c:a6:2f:00:00:01';
const EVIL_MAC = '00:0c:29:66:66:66';
const US_PER_S = 1e6;

const seen = (s: number, ip: string, mac: string, from: DeviceSeen['from'] = 'arp'): DeviceSeen => ({
  ...{ kind: 'device.seen', tsUs: MONDAY_US + s * US_PER_S, from, ip, mac },
});
const named = (s: number, ip: string, role: DeviceSeen['role'] & string): DeviceSeen => ({
  ...{ kind: 'device.seen', tsUs: MONDAY_US + s * US_PER_S, from: 'dhcp', ip, role },
});

describe('arp-spoof', () => {
  it('says at the first claim of a device that has an address of its own, as one incident that becomes graver', () => {
    const run = new DetectorRun(detectorOf(arpSpoofPlugin));
    run.tell(seen(0, ROUTER, ROUTER_MAC), seen(1, '192.168.1.66', EVIL_MAC), seen(60, ROUTER, ROUTER_MAC));
    run.tell(seen(100, ROUTER, EVIL_MAC));
    assert.equal(run.findings.length, 1);
    assert.deepEqual(
      [run.last!.severity, run.last!.evidence['otherAddresses'], run.last!.evidence['otherMac']],
      ['warning', '192.168.1.66', ROUTER_MAC],
    );
    for (let s = 102; s < 130; s += 2) run.tell(seen(s, ROUTER, ROUTER_MAC), seen(s + 1, ROUTER, EVIL_MAC));
    assert.deepEqual(run.keys, [ROUTER]);
    assert.equal(run.last!.severity, 'critical');
    assert.ok(run.findings.length <= 3);
  });

  it('is no take-over: a lease that goes to a newcomer, a new device after a long silence, routers that share an address', () => {
    const run = new DetectorRun(detectorOf(arpSpoofPlugin));
    run.tell(seen(0, '192.168.1.20', 'aa:00:00:00:00:01'), seen(50, '192.168.1.20', 'aa:00:00:00:00:02'));
    run.tell(seen(0, '192.168.1.21', 'aa:00:00:00:00:03'), seen(1, '192.168.1.22', 'aa:00:00:00:00:04'));
    run.tell(seen(5000, '192.168.1.21', 'aa:00:00:00:00:04'));
    run.tell(seen(6000, ROUTER, ROUTER_MAC), seen(6001, '192.168.1.3', '00:00:5e:00:01:07'));
    run.tell(seen(6002, ROUTER, '00:00:5e:00:01:07'), seen(6003, ROUTER, ROUTER_MAC));
    assert.deepEqual(run.findings, []);
  });

  it('has a size: a million addresses', () => {
    const claims = new AddressClaims('arp-spoof', 'arp', { recent_s: 600, ignore: [] });
    const out = { write: () => undefined };
    for (let i = 0; i < 1_000_000; i++) {
      claims.onEvents(
        [seen(i / 1000, `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`, `02:00:00:${i % 99991}`)],
        out,
      );
    }
    assert.ok(claims.size <= 8192);
  });
});

describe('ndp-spoof', () => {
  it('looks at neighbour discovery and nothing else', () => {
    const run = new DetectorRun(detectorOf(ndpSpoofPlugin));
    for (const from of ['arp', 'ndp'] as const) {
      run.tell(
        seen(0, 'fe80::1', ROUTER_MAC, from),
        seen(1, 'fe80::66', EVIL_MAC, from),
        seen(2, 'fe80::1', EVIL_MAC, from),
      );
      assert.equal(run.findings.length, from === 'arp' ? 0 : 1);
    }
  });
});

describe('rogue-dhcp', () => {
  it('says when another server gives addresses beside the usual one, again and again as one incident', () => {
    const run = new DetectorRun(detectorOf(rogueDhcpPlugin));
    const daysS = 86_400;
    for (let day = 0; day < 5; day++) run.tell(named(day * daysS, ROUTER, 'dhcp-server'));
    run.restart();
    run.tell(named(5 * daysS, ROUTER, 'dhcp-server'));
    for (let i = 1; i < 5; i++) run.tell(named(5 * daysS + 100 * i, '192.168.1.66', 'dhcp-server'));
    assert.deepEqual(run.keys, ['192.168.1.66']);
    assert.equal(run.findings.length, 4);
    assert.equal(run.findings[0]!.severity, 'warning');
    assert.match(run.findings[0]!.summary, /usual server is 192\.168\.1\.1/);
    run.restart();
    run.tell(named(6 * daysS, '192.168.1.66', 'dhcp-server'));
    assert.equal(run.findings.length, 5, 'a stranger stays one after a restart');
  });

  it('knows the servers it is told of from the first moment', () => {
    const run = new DetectorRun(detectorOf(rogueDhcpPlugin, { servers: [ROUTER] }));
    run.tell(named(0, ROUTER, 'dhcp-server'), named(1, '10.0.0.1', 'dhcp-server'));
    assert.deepEqual(run.keys, ['10.0.0.1']);
  });
});

describe('gateway-change', () => {
  const after = DAY_US / US_PER_S + 10;

  it('says when a second router is named while the first is still here', () => {
    const run = new DetectorRun(detectorOf(gatewayChangePlugin));
    run.tell(named(0, ROUTER, 'router'), seen(after, ROUTER, ROUTER_MAC));
    run.tell(named(after + 5, '192.168.1.66', 'router'));
    assert.equal(run.findings.length, 1);
    assert.deepEqual(
      [run.last!.severity, run.last!.evidence['routerBefore'], run.last!.evidence['macBefore']],
      ['warning', ROUTER, ROUTER_MAC],
    );
  });

  it('only informs of another network, says nothing of the same router under a new address or when it comes back', () => {
    const run = new DetectorRun(detectorOf(gatewayChangePlugin));
    run.tell({ ...seen(0, 'fe80::1', ROUTER_MAC, 'ndp'), role: 'router' });
    run.tell({ ...seen(after, 'fe80::2', ROUTER_MAC, 'ndp'), role: 'router' });
    assert.deepEqual(run.keys, []);
    run.tell(named(after + 9000, '10.9.9.1', 'router'), named(after + 9001, ROUTER, 'router'));
    assert.equal(run.findings[0]!.severity, 'info');
    const told = run.findings.length;
    run.tell({ ...seen(after + 9999, 'fe80::2', ROUTER_MAC, 'ndp'), role: 'router' });
    assert.equal(run.findings.length, told);
  });
});
