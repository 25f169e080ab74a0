import assert from 'node:assert/strict';
import test from 'node:test';
import { removeElement, setInToml, unsetInToml } from '@kaipo/core/config/edit-toml.js';
import { tomlValue } from '@kaipo/core/config/toml-text.js';
import { isProblem, parseTree } from '@kaipo/core/config/toml-tree.js';
import fc from 'fast-check';
import { parse } from 'smol-toml';

type Table = Record<string, unknown>;

const comment = fc.constantFrom('', '# plain', '#\t"quotes" = [x]', '# ünï 😀 é', '  # far   ');
const blank = fc.constantFrom('', '', '   ', '# of its own', '\t# 😀 tab');
const scalar = fc.constantFrom(
  '1',
  '-2.5',
  'true',
  '"text # none"',
  "'lit'",
  '"😀 \\" q"',
  '2026-11-01',
  '"""two\nlines"""',
);
const list = fc.constantFrom('[]', '[1, 2]', '[\n  1, # one\n  2,\n]', '[{ a = 1 }, { a = 2 }]');
const inline = fc.constantFrom('{}', '{ x = 1 }', '{x=1,y="a, b"}', '{ x = 1, y = { z = 2 } , w = [1] }');
const indent = fc.constantFrom('', '  ', '\t');
const space = fc.constantFrom(' = ', '=', '   =  ');

const KEYS = ['k0', 'k1', '"k 2"', 'k-3'] as const;

/** Lines of one table: keys in any order, each once, comments and blank lines between them. */
const body = fc
  .record({
    keys: fc.uniqueArray(fc.constantFrom<string>(...KEYS, 'l', 't', 'd.x', 'd.y'), { maxLength: 6 }),
    parts: fc.array(fc.tuple(scalar, list, inline, comment, blank, indent, space), { minLength: 6, maxLength: 6 }),
  })
  .map(({ keys, parts }) =>
    keys.flatMap((key, index) => {
      const [one, many, within, note, between, before, equals] = parts[index]!;
      const value = key === 'l' ? many : key === 't' ? within : one;
      return [...(between === '' ? [] : [between]), `${before}${key}${equals}${value}${note === '' ? '' : ` ${note}`}`];
    }),
  );

const documents = fc
  .record({
    top: body,
    tables: fc.uniqueArray(fc.constantFrom('a', 'b', 'a.c', 'b.c.e'), { maxLength: 4 }),
    bodies: fc.array(body, { minLength: 4, maxLength: 4 }),
    notes: fc.array(comment, { minLength: 4, maxLength: 4 }),
    rows: fc.nat(2),
    isWindows: fc.boolean(),
    endsInNewline: fc.boolean(),
  })
  .map(({ top, tables, bodies, notes, rows, isWindows, endsInNewline }) => {
    const lines = [...top];
    for (const [index, name] of tables.entries()) lines.push('', `[${name}] ${notes[index]}`, ...bodies[index]!);
    for (let row = 0; row < rows; row += 1) lines.push('[[many]]', `k0 = ${row}`, 'k1 = "row"');
    const text = lines.join('\n') + (endsInNewline && lines.length > 0 ? '\n' : '');
    return isWindows ? text.replaceAll('\n', '\r\n') : text;
  });

const paths = fc
  .tuple(
    fc.constantFrom<readonly string[]>([], ['a'], ['b'], ['a', 'c'], ['b', 'c', 'e'], ['new'], ['new', 'deep']),
    fc.constantFrom<readonly string[]>(
      ['k0'],
      ['k1'],
      ['k 2'],
      ['k9'],
      ['t', 'x'],
      ['t', 'y', 'z'],
      ['t', 'q'],
      ['d', 'x'],
      ['d', 'q'],
    ),
  )
  .map(([section, key]) => [...section, ...key]);

const values = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }),
);

/** Where two texts differ: what stands there in each. */
function difference(before: string, after: string): { readonly gone: string; readonly come: string } {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { gone: before.slice(start, before.length - end), come: after.slice(start, after.length - end) };
}

const valueAt = (root: Table, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? (at as Table)[part] : undefined), root);

function withValue(root: Table, path: readonly string[], value: unknown): Table {
  const [first, ...rest] = path;
  const inside = rest.length === 0 ? value : withValue((root[first!] ?? {}) as Table, rest, value);
  return { ...root, [first!]: inside };
}

const plain = (root: unknown): Table => JSON.parse(JSON.stringify(root)) as Table;

test('set changes one value, keeps every other byte, and an independent parser agrees', () => {
  fc.assert(
    fc.property(documents, paths, values, (text, path, value) => {
      const before = plain(parse(text));
      // A value in the way of a table is no place for a key: the whole would be refused as TOML.
      fc.pre(path.slice(0, -1).every((_, index) => isTableOrNone(valueAt(before, path.slice(0, index + 1)))));
      const old = valueAt(before, path);
      fc.pre(typeof old !== 'object');
      const edited = setInToml(text, path, tomlValue(value));
      assert.deepEqual(plain(parse(edited)), withValue(before, path, value), edited);
      const { gone } = difference(text, edited);
      if (old === undefined) assert.equal(gone, '', 'a new key only adds');
      else assert.ok(!gone.includes('#') || String(old).includes('#') || /["']/.test(gone), `took away: ${gone}`);
      assert.equal(setInToml(edited, path, tomlValue(value)), edited, 'twice is once');
    }),
    { numRuns: 400 },
  );
});

test('unset takes one key away and nothing else', () => {
  fc.assert(
    fc.property(documents, paths, (text, path) => {
      const before = plain(parse(text));
      const edited = unsetInToml(text, path);
      if (valueAt(before, path) === undefined) {
        assert.equal(edited, undefined);
        return;
      }
      fc.pre(edited !== undefined);
      const after = plain(parse(edited!));
      assert.equal(valueAt(after, path), undefined);
      assert.equal(difference(text, edited!).come, '', 'unset only takes away');
      // The tables around it may have gone with it; everything else is as it was.
      const name = path.join('\u0000');
      const others = leaves(before).filter(([leaf]) => leaf !== name && !leaf.startsWith(`${name}\u0000`));
      assert.deepEqual(new Map(leaves(after)), new Map(others));
    }),
    { numRuns: 400 },
  );
});

test('what set has added to a table, unset takes away to the byte', () => {
  fc.assert(
    fc.property(documents, values, (text, value) => {
      fc.pre(text.endsWith('\n') && /^\[a\]/m.test(text));
      const edited = setInToml(text, ['a', 'k9'], tomlValue(value));
      assert.equal(unsetInToml(edited, ['a', 'k9']), text);
    }),
    { numRuns: 200 },
  );
});

test('where a new key goes', () => {
  assert.equal(setInToml('', ['a', 'b'], '1'), '[a]\nb = 1\n');
  assert.equal(
    setInToml('# mine\n[a]\nx = 1 # one\n\n[c]\n', ['a', 'b'], '2'),
    '# mine\n[a]\nx = 1 # one\nb = 2\n\n[c]\n',
  );
  assert.equal(setInToml('[a] # head\n\n[c]\n', ['a', 'b'], '2'), '[a] # head\nb = 2\n\n[c]\n');
  assert.equal(setInToml('a = { x = 1 }\n', ['a', 'b'], '2'), 'a = { x = 1, b = 2 }\n');
  assert.equal(setInToml('a.x = 1\n[c]\n', ['a', 'b'], '2'), 'a.x = 1\na.b = 2\n[c]\n');
  assert.equal(setInToml('[[cap]]\nname = "x"', ['a', 'b'], '2'), '[[cap]]\nname = "x"\n\n[a]\nb = 2\n');
  assert.equal(setInToml('[a]\nb = 1', ['a', 'b'], '22'), '[a]\nb = 22', 'a number that ends the text');
  assert.equal(unsetInToml('a = { x = 1, b = 2 }\n', ['a', 'x']), 'a = { b = 2 }\n');
  assert.equal(unsetInToml('[a]\nb = [\n 1,\n]\nc = 1\n', ['a', 'b']), '[a]\nc = 1\n');
});

const isTableOrNone = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value));

function leaves(value: unknown, path: readonly string[] = []): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path.join('\u0000'), value]];
  return Object.entries(value).flatMap(([name, inside]) => leaves(inside, [...path, name]));
}

test('what is read is what an independent parser reads, and no text whatever makes it throw', () => {
  fc.assert(
    fc.property(documents, (text) => {
      const tree = parseTree(text);
      assert.ok(!isProblem(tree), JSON.stringify(tree));
      // Line ends within a text may be read either way.
      const same = (root: unknown): Table => JSON.parse(JSON.stringify(root).replaceAll('\\r\\n', '\\n')) as Table;
      assert.deepEqual(same(tree.root), same(parse(text)));
    }),
    { numRuns: 200 },
  );
  const parts = fc.constantFrom(
    '[',
    ']',
    '[[',
    ']]',
    '{',
    '}',
    '=',
    '"',
    "'",
    '"""',
    '#',
    '\n',
    '\r',
    '.',
    ',',
    'a',
    '__proto__',
    '1e',
    '0x',
    '\0',
    '😀',
    '\\u',
    '2026-',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(parts).map((list) => list.join('')),
      ),
      (text) => {
        const tree = parseTree(text);
        if (isProblem(tree)) assert.ok(tree.line >= 1 && tree.column >= 1 && tree.message.length > 3);
      },
    ),
    { numRuns: 2000 },
  );
});

test('an element of a list of tables goes, everything else stays', () => {
  const head = '# mine\n[cost]\nrate_per_gb = 7.50 # INR\n\n';
  const one = '[[cap]]\nname = "one" # first\nlimit = "1GB"\n\n';
  const two = '  [[cap]]\r\n  name = \'two\'\r\n  limit = "2GB"\r\n';
  const rest = '# after\n[[alerts.webhook]]\nurl = "https://example.org"\n';
  const text = head + one + two + rest;
  assert.equal(removeElement(text, ['cap'], 'name', 'one'), head + two + rest);
  assert.equal(removeElement(text, ['cap'], 'name', 'two'), head + one + rest);
  assert.equal(
    removeElement(text, ['alerts', 'webhook'], 'url', 'https://example.org'),
    `${head + one + two}# after\n`,
  );
  assert.equal(removeElement(text, ['cap'], 'name', 'three'), undefined);
  assert.equal(removeElement('cap = [{ name = "one" }]\n', ['cap'], 'name', 'one'), undefined);
  assert.equal(removeElement('[[cap]]\nname = "one"', ['cap'], 'name', 'one'), '');
});
