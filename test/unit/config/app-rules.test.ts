import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { builtinRules, loadAppRules } from '@kaipo/core/config/app-rules-file.js';
import { parseAppRules } from '@kaipo/core/config/app-rules-text.js';
import fc from 'fast-check';

test('the built-in rules are right, and none comes after one that says the same', () => {
  const rules = builtinRules();
  assert.ok(rules.length > 50);
  const seen = new Set<string>();
  for (const { name, when } of rules) {
    const text = JSON.stringify(when);
    assert.ok(!seen.has(text), `${name}: ${text}`);
    seen.add(text);
  }
});

const WRONG: readonly [string, string][] = [
  ['[[app]]\nname = "x"', '1:3: a rule needs at least one of exe, file'],
  ['[[app]]\nfile = "x"', '1:3: a rule needs the key "name"'],
  ['[[app]]\nname = "x"\nfiel = "y"\nfile = "z"', '3:1: unknown key "fiel" in [[app]]; did you mean "file"?'],
  ['[[app]]\nname = "x"\nfile = []', '3:8: "file" must be text of 1 to 256 characters'],
  ['[[app]]\nname = "x"\nfile = ["a", 3]', '3:8: "file" must be text'],
  ['[[app]]\nname = ""\nfile = "a"', '2:8: "name" must be text of 1 to 64 characters'],
  ['[[app]]\nname = "a\\u001b[2J"\nfile = "a"', '2:8: "name" must be text'],
  ['[app]\nname = "x"', '1:2: "app" must be a list of tables: write [[app]]'],
  ['[[rule]]\nname = "x"', '1:3: unknown key "rule"; rules are tables [[app]]'],
  ['[[app]]\nname = ', '2:'],
];

test('what is wrong has a line, a column and a way out', () => {
  for (const [text, expected] of WRONG) {
    const [problem] = parseAppRules(text).problems;
    const told = `${problem?.line}:${problem?.column}: ${problem?.message}`;
    assert.ok(told.startsWith(expected), `${text}\n${told}`);
  }
});

test('any text is rules or problems', () => {
  const word = fc.constantFrom(
    '[[app]]',
    '[app]',
    'name = "x"',
    'file = ["a*"]',
    'exe = 3',
    '\n',
    '=',
    '"',
    '\u001b',
    '{',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const { rules, problems } = parseAppRules(words.join('\n'));
      assert.ok(
        rules.every(({ name }) => name === 'x') && problems.every(({ line, column }) => line > 0 && column > 0),
      );
    }),
  );
});

function home(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-rules-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, '.config/kaipo'), { recursive: true });
  return folder;
}

test("the person's rules go before the built-in ones", (t) => {
  const folder = home(t);
  const sources = { env: {}, home: folder };
  const nameOf = (given: object = {}): string | undefined =>
    loadAppRules({ ...sources, ...given }).nameOf({ exe: '/usr/lib/slack/slack', file: 'slack', comm: 'slack' });
  assert.equal(nameOf(), 'slack');
  writeFileSync(join(folder, '.config/kaipo/apps.toml'), '[[app]]\nname = "chat"\nfile = "slack"\n');
  assert.equal(nameOf(), 'chat');
  // A configuration that is named is the only one.
  assert.equal(nameOf({ file: join(folder, 'kaipo.toml') }), 'slack');
  const named = join(folder, 'mine.toml');
  writeFileSync(named, '[[app]]\nname = "talk"\ncomm = ["sl?ck"]\n');
  assert.equal(nameOf({ file: join(folder, 'kaipo.toml'), rulesFile: named }), 'talk');
  assert.equal(nameOf({ rulesFile: named }), 'talk');
});

test('a file of rules that is wrong or missing is an error of the configuration', (t) => {
  const folder = home(t);
  const path = join(folder, '.config/kaipo/apps.toml');
  writeFileSync(path, '[[app]]\nnmae = "x"\nfile = 3\n');
  assert.throws(
    () => loadAppRules({ env: {}, home: folder }),
    (error: Error & { code: string; exitCode: number }) => {
      assert.deepEqual([error.code, error.exitCode], ['KAIPO_BAD_CONFIG', 78]);
      assert.ok(error.message.startsWith(`${path}:1:3: a rule needs the key "name"`));
      assert.match(error.message, /apps\.toml:2:1: unknown key "nmae".*did you mean "name"/);
      assert.match(error.message, /apps\.toml:3:8: "file" must be text/);
      return true;
    },
  );
  assert.throws(() => loadAppRules({ env: {}, home: folder, rulesFile: join(folder, 'none') }), {
    code: 'KAIPO_BAD_CONFIG',
    message: /"apps\.rules" names .*none, and there is no such file/,
  });
});
