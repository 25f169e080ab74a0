// One line an incident in the output of an analysis.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PrintedIncidents } from '@kaipo/cli/analysis/printed-incidents.js';
import { pluginFacts } from '@kaipo/cli/plugins/plugin-facts.js';
import type { AlertRaised } from '@kaipo/core/api/index.js';
import { portScanPlugin } from '@kaipo/plugins/anomalies/port-scan/index.js';

const finding = (about: Partial<AlertRaised> = {}): AlertRaised => ({
  kind: 'alert.raised',
  tsUs: 0,
  rule: 'port-scan',
  severity: 'warning',
  subject: '10.0.0.9',
  summary: 'x',
  evidence: {},
  ...about,
});

describe('findings of an analysis', () => {
  it('are printed once an incident, and again when it is graver', () => {
    const printed = new PrintedIncidents();
    const isNew = (about?: Partial<AlertRaised>): boolean => printed.isNew(finding(about));
    assert.deepEqual([isNew(), isNew(), isNew({ severity: 'info' })], [true, false, false]);
    assert.deepEqual([isNew({ severity: 'critical' }), isNew({ severity: 'critical' }), isNew()], [true, false, false]);
    assert.deepEqual([isNew({ key: 'other' }), isNew({ rule: 'host-scan' })], [true, true]);
    assert.equal(isNew({ key: 'third', isOver: true }), false);
  });
});

describe('what people are told of a rule', () => {
  it('is its meaning, what looks like it, how grave it is, and its settings', () => {
    const facts = pluginFacts(portScanPlugin, { enabled: true, config: undefined });
    assert.deepEqual(facts.roles, ['detector']);
    const [rule] = facts.rules ?? [];
    assert.deepEqual([rule?.rule, rule?.severity, rule?.quietS], ['port-scan', 'warning', 300]);
    assert.match(rule?.meaning ?? '', /looks for services/);
    assert.match(rule?.falsePositives ?? '', /scanners/);
    assert.deepEqual(
      facts.settings.map(({ key }) => key),
      ['enabled', 'ports', 'failed_share'],
    );
  });
});
