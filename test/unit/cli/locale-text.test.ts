// Tables where the locale is not UTF-8.
import assert from 'node:assert/strict';
import test from 'node:test';
import { bar } from '@kaipo/cli/history/steps-table.js';
import { localeText } from '@kaipo/cli/output/locale-text.js';
import { textWidth } from '@kaipo/cli/tui/display-text.js';

test('our signs are ASCII where the locale is not UTF-8, as wide as before; names stay', () => {
  const table = `Mon 02  –  ${bar(0.51, 10)} Mon … Tue ▁▃█ 天気アプリ`;
  const plain = localeText(table, { LC_ALL: 'C', LANG: 'en_US.UTF-8' });
  assert.equal(plain, 'Mon 02  -  #####- Mon ~ Tue .-# 天気アプリ');
  assert.equal(textWidth(plain), textWidth(table));
  assert.equal(localeText(table, { LANG: 'C.UTF-8' }), table);
  assert.equal(localeText(table, { LC_ALL: '', LC_CTYPE: 'de_DE.utf8' }), table);
  assert.equal(localeText('–', {}), '-', 'no locale is the C locale');
  assert.equal(localeText('–', { LANG: 'C.UTF-8', TERM: 'linux' }), '-', 'its console has not all signs');
});
