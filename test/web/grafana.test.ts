import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { METRICS } from '@kaipo/cli/web/metrics/metric-list.js';
import { REPOSITORY } from '../fixtures/pcap-case.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const file = (name: string): string => join(REPOSITORY, 'cli/grafana', name);
const dashboard = JSON.parse(readFileSync(file('kaipo-dashboard.json'), 'utf8')) as {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
};
const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const PROMTOOL = process.env['KAIPO_PROMTOOL'] ?? 'promtool';
const noPromtool = spawnSync(PROMTOOL, ['--version']).status === 0 ? false : 'promtool is not installed';

/** Names of metrics in a text of PromQL; a histogram's parts are its own. */
const metricsIn = (text: string): string[] =>
  [...text.matchAll(/\bkaipo_[a-z_]+/g)].map(([name]) =>
    name.startsWith('kaipo_http_request_duration_seconds') ? name.replace(/_(bucket|sum|count)$/, '') : name,
  );

test('dashboard and alerts ask for metrics there are, and counters through rate or increase', () => {
  const alerts = readFileSync(file('kaipo-alerts.yml'), 'utf8');
  const variables = JSON.stringify(dashboard.templating.list.map(({ query }) => query));
  const named = new Set(metricsIn([...expressions, alerts, variables].join('\n')));
  assert.ok(named.size > 15);
  assert.deepEqual(
    [...named].filter((name) => !Object.hasOwn(METRICS, name)),
    [],
  );
  for (const text of [...expressions, alerts])
    assert.doesNotMatch(text, /(?<!rate\(|increase\()\bkaipo_[a-z_]+_total\b/, 'a counter as it stands says nothing');
});

test('panels do not overlap, have names, and use the variables there are', () => {
  assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
  const cells = new Set<string>();
  for (const { title, gridPos } of dashboard.panels) {
    assert.ok(title.length > 0);
    assert.ok(gridPos.x + gridPos.w <= 24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(!cells.has(`${x},${y}`), `${title} lies on another`);
        cells.add(`${x},${y}`);
      }
    }
  }
  const known = ['__rate_interval', ...dashboard.templating.list.map(({ name }) => name)];
  const used = expressions.flatMap((expr) => [...expr.matchAll(/\$(\w+)/g)].map(([, name]) => name!));
  assert.deepEqual(
    used.filter((name) => !known.includes(name)),
    [],
  );
});

test("Prometheus' own tool reads every expression and the alert rules", { skip: noPromtool }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-rules-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const check = (path: string): void => {
    const { status, stdout, stderr } = spawnSync(PROMTOOL, ['check', 'rules', path], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  };
  check(file('kaipo-alerts.yml'));
  const rules = expressions.map((expr, i) => ({
    record: `panel:${i}`,
    expr: expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(instance|interface)/g, '.*'),
  }));
  // JSON is YAML.
  const panels = join(folder, 'panels.yml');
  writeFileSync(panels, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
  check(panels);
});
