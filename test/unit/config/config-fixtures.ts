// A place of its own for each test of configuration: directories, files, and what was said about them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LoadedConfig, loadConfig } from '@kaipo/core/config/load-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';

export class ConfigPlaceForTest {
  readonly root = mkdtempSync(join(tmpdir(), 'kaipo-config-'));
  readonly cwd = join(this.root, 'here');
  readonly home = join(this.root, 'home');
  readonly here = join(this.cwd, 'kaipo.toml');
  readonly user = join(this.home, '.config', 'kaipo', 'config.toml');
  readonly system = join(this.root, 'etc', 'config.toml');

  constructor() {
    mkdirSync(this.cwd);
    mkdirSync(this.home);
  }

  write(path: string, text: string | Uint8Array): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  load(more: Partial<Parameters<typeof loadConfig>[0]> = {}): Promise<LoadedConfig> {
    return loadConfig({ env: {}, cwd: this.cwd, home: this.home, systemFile: this.system, ...more });
  }

  /** What is wrong, one problem a line, paths without the test's own folder. */
  async problems(text: string | Uint8Array, more: Partial<Parameters<typeof loadConfig>[0]> = {}): Promise<string[]> {
    const file = this.write(join(this.root, 'x.toml'), text);
    try {
      await this.load({ file, ...more });
      return [];
    } catch (error) {
      if (!(error instanceof KaipoError) || error.code !== 'KAIPO_BAD_CONFIG') throw error;
      return error.message.split('\n').map((line) => line.replaceAll(`${this.root}/`, ''));
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
