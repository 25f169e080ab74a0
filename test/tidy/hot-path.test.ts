// Files marked @hot allocate nothing in functions that run per packet. A simple check: it reads function bodies and looks for the
// forms that allocate. What runs once may stand in ALLOWED, with the reason.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lineOf, sourceFiles } from './source-files.js';

/** "file function": why it may allocate. */
const ALLOWED: Readonly<Record<string, string>> = {
  'core/src/engine/lanes.ts add': 'runs once an analyzer, at start',
  'core/src/engine/inspect/segment-order.ts #early':
    'one object for a segment that came too early: it has to wait somewhere',
  'core/src/flow/flow-index.ts #grow': 'runs when there are twice as many flows as ever before',
  'core/src/wire/match.ts asciiBytes': 'runs once a word, at start',
  'core/src/wire/match.ts utf8Text': 'gives text, which is made when something is said of a flow',
  'core/src/wire/text-lines.ts wordList': 'runs once a list, at start',
};

const FORMS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['new', /\bnew\b/],
  ['closure', /=>|\bfunction\b/],
  ['template string', /`/],
  ['spread', /\.\.\./],
  ['array literal', /(?:[=(,:?&|]|\breturn)\s*\[/],
  ['object literal', /(?:[=(,?&|]|\breturn)\s*\{|^(?!.*\b(?:case|default)\b).*:\s*\{/],
  [
    'a method that makes a new array, view or string',
    /\.(?:slice|subarray|map|filter|flatMap|concat|split|toString|join|entries|values|keys)\(/,
  ],
  ['an iterator', /\bfor\s*\(\s*(?:const|let)\s+[^;=]+\bof\b/],
];

interface Body {
  readonly name: string;
  readonly start: number;
  readonly text: string;
}

const HEAD =
  /^(?:export )?function (\w+)|^ {2}(?:readonly |static |override )*(?:get |set )?(#?\w+)\([^;]*$|^(?:export )?const (\w+) = \([^=]*\)(?:: [^=]+)? =>/gm;
const NO_METHOD = new Set(['if', 'for', 'while', 'switch', 'return', 'constructor']);

/** Bodies of functions, methods and arrow functions of a formatted file. Constructors and field initialisers run once. */
function bodies(code: string): Body[] {
  const found: Body[] = [];
  for (const head of code.matchAll(HEAD)) {
    const name = head[1] ?? head[2] ?? head[3] ?? '';
    if (NO_METHOD.has(name)) continue;
    const start = head[3] === undefined ? bodyStart(code, head.index) : head.index + head[0].length;
    const end = head[3] === undefined ? matching(code, start) : code.indexOf(';', start);
    if (start < 0 || end < 0) continue;
    found.push({ name, start: start + 1, text: code.slice(start + 1, end) });
  }
  return found;
}

/** The opening brace after the parameters: the first at the end of a line. */
function bodyStart(code: string, from: number): number {
  const brace = /\{[ \t]*(?=\n|$)|\{(?=\})/g;
  brace.lastIndex = from;
  return brace.exec(code)?.index ?? -1;
}

function matching(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '{') depth += 1;
    else if (code[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

export function allocations(code: string): { name: string; line: number; what: string }[] {
  return bodies(code).flatMap(({ name, start, text }) =>
    text.split('\n').flatMap((line, index) =>
      FORMS.filter(([, pattern]) => pattern.test(line)).map(([what]) => ({
        name,
        line: lineOf(code, start) + index,
        what,
      })),
    ),
  );
}

describe('hot files', () => {
  const hot = sourceFiles('core/src').filter(({ text }) => /^\/\*\* @hot \*\/$/m.test(text));

  it('are the data plane', () => {
    const paths = hot.map(({ path }) => path);
    for (const path of [
      'core/src/decode/decode-batch.ts',
      'core/src/flow/flow-table.ts',
      'core/src/engine/pump.ts',
      'core/src/engine/lanes.ts',
      'core/src/engine/tally.ts',
      'core/src/wire/bytes.ts',
    ]) {
      assert.ok(paths.includes(path), `${path} is not marked @hot`);
    }
    assert.deepEqual(
      Object.keys(ALLOWED).filter((key) => !paths.includes(key.split(' ')[0]!)),
      [],
      'what is allowed exists',
    );
  });

  it('allocate nothing per packet', () => {
    const found = hot.flatMap(({ path, code }) =>
      allocations(code)
        .filter(({ name }) => ALLOWED[`${path} ${name}`] === undefined)
        .map(({ name, line, what }) => `${path}:${line} ${name}: ${what}`),
    );
    assert.deepEqual(found, []);
  });

  it('have functions the check can see', () => {
    for (const { path, code } of hot) {
      if (/\bfunction \w+|=> /.test(code) || /^ {2}#?\w+\(/m.test(code)) assert.ok(bodies(code).length > 0, path);
    }
  });

  it('the check finds every form', () => {
    const lines = [
      'new Uint8Array(1);',
      'list.forEach((x) => x);',
      'const t = `a`;',
      'call(...all);',
      'const a = [1];',
      'return { a };',
      'bytes.subarray(1);',
      'for (const x of xs) use(x);',
    ];
    const code = `export function f(): void {\n${lines.map((line) => `  ${line}`).join('\n')}\n}\n\nclass A {\n  readonly #x = [1];\n  #m(a: number): void {\n    const b = [a];\n  }\n}\n`;
    assert.deepEqual([...new Set(allocations(code).map(({ line }) => line))], [2, 3, 4, 5, 6, 7, 8, 9, 15]);
    assert.deepEqual(allocations('function f(): number {\n  return a[0]! + b[c(1)]!;\n}\n'), []);
  });
});
