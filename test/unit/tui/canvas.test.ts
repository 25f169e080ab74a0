// Boxes over wide characters: half of one is never sent.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Canvas, span } from '@kaipo/cli/tui/canvas.js';
import { glyphsFor } from '@kaipo/cli/tui/theme.js';

const glyphs = glyphsFor({ LANG: 'C.UTF-8' });

test('a wide character that is drawn over in part leaves a blank, from either side', () => {
  for (const x of [2, 3]) {
    const canvas = new Canvas(12, 3);
    for (let y = 0; y < 3; y += 1) canvas.put(0, y, [span('日本語日本語')]);
    canvas.box({ x, y: 0, width: 5, height: 3 }, glyphs, 'border');
    assert.equal(canvas.row(0), x === 2 ? '日╭───╮ 本語' : '日 ╭───╮本語');
    assert.equal(canvas.row(1), x === 2 ? '日│   │ 本語' : '日 │   │本語');
    assert.equal(canvas.row(2), x === 2 ? '日╰───╯ 本語' : '日 ╰───╯本語');
  }
});

test('wide over wide, by one column: whole again', () => {
  const canvas = new Canvas(6, 1);
  canvas.put(0, 0, [span('日本語')]);
  canvas.put(1, 0, [span('音楽')]);
  assert.equal(canvas.row(0), ' 音楽 ');
});
