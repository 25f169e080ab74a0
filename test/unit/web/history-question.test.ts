// Pages of rows: each names the next one as long as that can be asked for.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { answerText } from '@kaipo/cli/web/history-question.js';
import type { HistoryRoute } from '@kaipo/cli/web/routes/history-route.js';
import { recordHistory } from '../../web/browser/recorded-history.js';
import { withWeb } from './web-fixture.js';

const ROWS = 100_002;
const MANY: HistoryRoute = {
  path: '/api/many',
  summary: 'Many rows',
  tag: 'Test',
  query: { limit: {}, offset: {} },
  periodOf: (_, __, nowUs) => ({ fromUs: 0, toUs: nowUs }),
  answer: (_, { limit }) => ({ rows: Array.from({ length: Math.min(ROWS, limit!) }, (__, row) => row) }),
};

test('no page names a next one that would be refused', () =>
  withWeb({}, async (web) => {
    await recordHistory({ dir: join(web.root, 'store'), nowUs: Date.now() * 1000, days: 1 });
    const pageAt = async (offset: number) => {
      const asked = {
        store: web.context.history.get(),
        config: web.context.settings().config,
        nowUs: Date.now() * 1000,
      };
      return JSON.parse(await answerText(MANY, { limit: 1, offset }, { ...asked, url: '/api/many?limit=1' }));
    };
    const before = await pageAt(99_999);
    assert.equal(before.page.next, '/api/many?limit=1&offset=100000');
    const last = await pageAt(100_000);
    assert.deepEqual(last.rows, [100_000]);
    assert.equal(last.page.next, undefined);
  }));
