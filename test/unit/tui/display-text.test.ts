import assert from 'node:assert/strict';
import test from 'node:test';
import { clustersOf, cutText, fitText, textWidth } from '@kaipo/cli/tui/display-text.js';
import fc from 'fast-check';
import stringWidth from 'string-width';

test('width counts columns, not code units', () => {
  assert.equal(textWidth('abc'), 3);
  assert.equal(textWidth('日本'), 4);
  assert.equal(textWidth('müller'), 6);
  assert.equal(textWidth('e\u0301'), 1);
  assert.equal(textWidth('\u{1f600}'), 2);
  assert.equal(textWidth('a\ufffdb'), 3);
});

test('cutting never splits a wide character and ends in an ellipsis', () => {
  assert.equal(cutText('abcdef', 4), 'abc…');
  assert.equal(cutText('日本語', 5), '日本…');
  assert.equal(cutText('日本語', 4), '日…');
  assert.equal(cutText('日本語', 6), '日本語');
  assert.equal(cutText('abc', 0), '');
  assert.equal(cutText('abcdef', 1, '~'), '~');
});

test('fitted text has exactly its width, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(30), fc.boolean(), (text, width, right) => {
      const fitted = fitText(text, width, right ? 'right' : 'left');
      assert.equal(textWidth(fitted), width);
      assert.ok(!/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(fitted));
    }),
    {
      numRuns: 500,
      examples: [
        ['\u{1f3fb}', 3, true],
        ['\u{111c2}', 2, false],
      ],
    },
  );
});

test('the quick path agrees with string-width', () => {
  for (let code = 0x20; code < 0xfffe; code += 1) {
    const text = String.fromCharCode(code);
    const [cluster] = clustersOf(text);
    // Surrogates and what is not allowed on a screen become U+FFFD, one column wide.
    if (cluster === undefined || cluster.text !== text) continue;
    assert.equal(cluster.width, stringWidth(text), `U+${code.toString(16)}`);
  }
});

test('stacked marks stay within a bounded cluster', () => {
  const [cluster] = clustersOf(`z${'\u0301'.repeat(500)}`);
  assert.equal(cluster?.width, 1);
  assert.ok((cluster?.text.length ?? 99) <= 8);
});
