// What is written about kaipo is in step with what it does: commands, examples, error codes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { buildProgram } from '@kaipo/cli/program.js';
import { ERROR_CODES } from '@kaipo/core/kernel/errors.js';
import { REPOSITORY } from '../fixtures/pcap-case.js';
import { sourceFiles } from './source-files.js';

const program = buildProgram({ report: {} }, () => undefined);

/** The whole help of a command, also what is added after it. */
function helpOf(command: (typeof program.commands)[number]): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

describe('commands', () => {
  for (const command of program.commands) {
    it(`${command.name()}: a description, and examples that call it`, () => {
      assert.ok(command.description().length > 10);
      const help = helpOf(command);
      assert.match(help, /\nExamples:\n {2}\$ /);
      assert.match(help, new RegExp(`kaipo ${command.name()}\\b`));
      for (const option of command.options)
        assert.ok((option.description ?? '') !== '' || option.argChoices !== undefined, `${option.flags} says nothing`);
    });
  }

  it('are all in README.md', () => {
    const path = join(REPOSITORY, 'README.md');
    assert.ok(existsSync(path), 'README.md is missing: it must name every command');
    const text = readFileSync(path, 'utf8');
    const missing = program.commands
      .map((command) => command.name())
      .filter((name) => !new RegExp(`kaipo ${name}\\b`).test(text));
    assert.deepEqual(missing, [], 'commands README.md does not name');
  });
});

describe('error codes', () => {
  it('are all raised somewhere', () => {
    const text = sourceFiles('core/src', 'plugins/src', 'cli/src')
      .filter(({ path }) => path !== 'core/src/kernel/errors.ts')
      .map((file) => file.text)
      .join('\n');
    assert.deepEqual(
      Object.keys(ERROR_CODES).filter((code) => !text.includes(`'${code}'`)),
      [],
    );
  });
});
