// `kaipo db backup`: a complete copy of one moment while the recorder goes on, with the same key, another one, or none.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { backupStore } from '@kaipo/core/store/store-backup.js';
import type { DataOptions } from '../command-line/command-line.js';
import { writeFacts } from '../db/one-answer.js';
import { reportError } from '../output/report-error.js';
import { runnableCommand, shellWord } from '../output/runnable-command.js';
import { loadSettings, storeOptions } from '../settings/settings.js';

export interface DbBackupOptions extends DataOptions {
  readonly force: boolean;
  readonly keyFile?: string;
  readonly isPlain: boolean;
}

export async function runDbBackup(target: string, options: DbBackupOptions): Promise<number> {
  try {
    const { keyFile, isPlain } = options;
    if (keyFile !== undefined && isPlain) {
      throw new KaipoError('KAIPO_USAGE', '--key-file and --no-encryption exclude each other');
    }
    const { config, storeDir } = await loadSettings(options);
    const encryption = isPlain ? ('none' as const) : keyFile === undefined ? undefined : { keyFile };
    const answer = await backupStore(storeOptions(config), {
      target,
      force: options.force,
      ...(encryption === undefined ? {} : { encryption }),
    });
    const { bytes, isEncrypted } = answer;
    const facts = { path: storeDir, target: answer.target, bytes, encrypted: isEncrypted };
    const use = runnableCommand(`kaipo status --store ${shellWord(answer.target)}`);
    const key = isEncrypted ? (keyFile === undefined ? ', with the same key' : `, with the key of ${keyFile}`) : '';
    const text = `Copied ${storeDir} to ${answer.target}: ${formatBytes(bytes)}, ${isEncrypted ? 'encrypted' : 'not encrypted'}${key}.\nLook into it with: ${use}\n`;
    writeFacts('backup', facts, () => text, options);
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}
