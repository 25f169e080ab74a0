// A configuration file changed in place. Owns: which file a person means, and that the whole result is checked before anything is
// written. How a text changes is core/src/config/edit-toml.ts; how it reaches the disk is write-config-file.ts.
import { existsSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { checkTree } from '@kaipo/core/config/check-config.js';
import { readConfigFile, userConfigFile } from '@kaipo/core/config/config-file.js';
import { badConfig } from '@kaipo/core/config/merge-config.js';
import { isProblem, parseTree, type TomlTable, withoutMark } from '@kaipo/core/config/toml-tree.js';
import { writeConfigFile } from './write-config-file.js';

/** The one that is named; else the one that holds alone (--config); else the user's own. */
export const configFileToChange = ({
  file,
  config,
}: {
  readonly file?: string;
  readonly config?: string | undefined;
}): string => resolve(file ?? config ?? userConfigFile({ env: process.env, home: homedir() }));

export interface ChangedFile {
  readonly before: TomlTable;
  readonly after: TomlTable;
  /** Puts back what stood there, to the byte. */
  undo(): void;
}

/**
 * Changes the text of a file, which need not be there yet. The whole result is checked before anything is written: a file that
 * was wrong may be mended this way, none is made wrong. Raises KAIPO_BAD_CONFIG.
 */
export function changeFile(file: string, edit: (text: string) => string): ChangedFile {
  const isThere = existsSync(file);
  const text = isThere ? (readConfigFile({ path: file, kind: 'named' }) ?? '') : '';
  const before = parsed(file, text).root;
  const bare = withoutMark(text);
  const edited = text.slice(0, text.length - bare.length) + edit(bare);
  const tree = parsed(file, edited);
  const { problems } = checkTree(tree);
  if (problems.length > 0) {
    throw badConfig(
      problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`),
      [],
    );
  }
  if (edited !== text) writeConfigFile(file, edited);
  const undo = (): void => {
    if (isThere) writeConfigFile(file, text);
    else rmSync(file, { force: true });
  };
  return { before, after: tree.root, undo };
}

function parsed(file: string, text: string) {
  const tree = parseTree(text);
  if (isProblem(tree)) throw badConfig([`${file}:${tree.line}:${tree.column}: ${tree.message}`], [{ path: file }]);
  return tree;
}
