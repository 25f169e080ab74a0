import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTruth } from '@kaipo/cli/selftest/truth-rows.js';

const LINE = {
  scenario: 'prefork',
  pid: 7,
  exe: '/tmp/kw-prefork-00',
  transport: 'tcp',
  laddr: '10.0.0.1',
  lport: 80,
  raddr: '10.0.0.2',
  rport: 5000,
  tx: 10,
  rx: 20,
  t0: 1_700_000_000_000_001_000,
  t1: 1_700_000_000_000_002_000,
};

describe('parseTruth', () => {
  it('reads a line, with its group', () => {
    const group = [{ pid: 6, exe: '/tmp/kw-prefork-00' }];
    const [row] = parseTruth(`${JSON.stringify({ ...LINE, group })}\n`);
    assert.deepEqual(row, {
      scenario: 'prefork',
      pid: 7,
      exe: '/tmp/kw-prefork-00',
      transport: 'tcp',
      local: { ip: '10.0.0.1', port: 80 },
      remote: { ip: '10.0.0.2', port: 5000 },
      txBytes: 10,
      rxBytes: 20,
      txResentBytes: 0,
      rxResentBytes: 0,
      startUs: 1_700_000_000_000_001,
      endUs: 1_700_000_000_000_002,
      group,
    });
  });

  it('takes the address the server saw where it was translated', () => {
    const [row] = parseTruth(JSON.stringify({ ...LINE, waddr: '203.0.113.1', wport: 61_000 }));
    assert.deepEqual(row?.local, { ip: '203.0.113.1', port: 61_000 });
  });

  it('knows what TCP sent again, from both sides', () => {
    const { laddr, lport, raddr, rport } = LINE;
    const server = JSON.stringify({ resent: 700, laddr, lport, raddr, rport });
    const [row] = parseTruth(`${server}\n${JSON.stringify({ ...LINE, resent: 300 })}`);
    assert.deepEqual([row?.txResentBytes, row?.rxResentBytes], [300, 700]);
  });

  it('refuses a line that was cut, and one that lacks something', () => {
    assert.throws(() => parseTruth(`${JSON.stringify(LINE)}\n{"scenario":"x`), /line 2/);
    assert.throws(() => parseTruth(JSON.stringify({ ...LINE, pid: undefined })), /"pid"/);
    assert.throws(() => parseTruth(JSON.stringify({ ...LINE, exe: '' })), /"exe"/);
  });
});
