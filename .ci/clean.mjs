// Removes everything a build makes.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
for (const part of ['capture-helper', 'core', 'plugins', 'cli', 'test']) {
  rmSync(join(root, part, 'dist'), { recursive: true, force: true });
}
rmSync(join(root, 'cli', 'dashboard', 'dist'), { recursive: true, force: true });
rmSync(join(root, 'cli', 'bundle'), { recursive: true, force: true });
rmSync(join(root, 'capture-helper', 'build'), { recursive: true, force: true });
