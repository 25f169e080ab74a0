// Where helpers live. Owns: the paths; whether something is there and may be used is find-helpers.ts.
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
// This file is capture-helper/dist/launch/helper-paths.js when it runs.
const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where `kaipo setup` puts the helper: root-owned, with file capabilities. */
export const INSTALLED_HELPER = '/usr/local/libexec/kaipo/kaipo-capture';
/** Where the service listens. */
export const SERVICE_SOCKET = '/run/kaipo/capture.sock';
/** Group that may use the installed helper and the service's socket. */
export const HELPER_GROUP = 'kaipo';

export interface HelperPaths {
  readonly service: string;
  readonly installed: string;
  /** What `npm run build` made from capture-helper/native. */
  readonly built: string;
  /** The portable helper's script. */
  readonly portable: string;
}

export const DEFAULT_PATHS: HelperPaths = {
  service: SERVICE_SOCKET,
  installed: INSTALLED_HELPER,
  built: join(packageRoot, 'build', 'kaipo-capture'),
  portable: join(packageRoot, 'dist', 'portable', 'main.js'),
};

/** Path of the compiled addon of `cap`, or undefined when it is not installed or was not built. Does not load it. */
export function findCapAddon(): string | undefined {
  try {
    const addon = join(dirname(require.resolve('cap/package.json')), 'build', 'Release', 'cap.node');
    accessSync(addon, constants.R_OK);
    return addon;
  } catch {
    return undefined;
  }
}

/** First of `names` that is an executable file in the system's own folders: PATH is the user's and is not asked. */
export function systemTool(name: string): string | undefined {
  for (const folder of ['/usr/sbin', '/usr/bin', '/sbin', '/bin']) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return undefined;
}
