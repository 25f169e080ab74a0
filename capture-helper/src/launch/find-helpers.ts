// Which helpers this machine has and which this process may use. Owns: the facts behind `kaipo doctor` and the choice of a
// helper. Starts no capture and changes nothing. Bound: four candidates.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { DEFAULT_PATHS, findCapAddon, HELPER_GROUP, type HelperPaths, systemTool } from './helper-paths.js';
import { type ProcessPrivileges, readPrivileges } from './privileges.js';

export type HelperKind = 'native' | 'portable' | 'service';

export interface HelperCandidate {
  readonly place: 'service' | 'installed' | 'built' | 'portable';
  readonly helper: HelperKind;
  /** Socket of the service, program, or script. */
  readonly path: string;
  readonly usable: boolean;
  /** One sentence for a person: why it is usable or not. */
  readonly why: string;
  /** The exact command that would make it usable; absent when it is, or when nothing on this machine would. */
  readonly fix?: string;
}

export const FIX_SETUP = 'sudo kaipo setup';
export const FIX_SUDO = 'sudo kaipo live';
export const FIX_BUILD = 'apt install gcc libc6-dev && npm run build';
export const FIX_CAP = 'apt install libpcap-dev g++ make python3 && npm rebuild cap';

const CONNECT_TIMEOUT_MS = 500;

/** All candidates in the order they are tried. `paths` is for a place other than the usual one. */
export async function findHelpers(paths: HelperPaths = DEFAULT_PATHS): Promise<HelperCandidate[]> {
  const privileges = readPrivileges();
  return [
    await serviceCandidate(paths.service),
    installedCandidate(paths, privileges),
    builtCandidate(paths.built, privileges),
    portableCandidate(paths.portable, privileges),
  ];
}

async function serviceCandidate(path: string): Promise<HelperCandidate> {
  const base = { place: 'service', helper: 'service', path } as const;
  if (!existsSync(path)) {
    return { ...base, usable: false, why: 'the capture service is not running' };
  }
  const error = await tryConnect(path);
  if (error === undefined) return { ...base, usable: true, why: 'the capture service answers' };
  if (error === 'EACCES') return { ...base, usable: false, ...groupHint() };
  return {
    ...base,
    usable: false,
    why: `the capture service does not answer (${error})`,
  };
}

/** Undefined when something listens on `path`, else the error's code. The connection is closed before a byte is read. */
function tryConnect(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const finish = (result: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish('ETIMEDOUT'), CONNECT_TIMEOUT_MS);
    socket.once('connect', () => finish(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? 'unknown error'));
  });
}

function installedCandidate(paths: HelperPaths, privileges: ProcessPrivileges): HelperCandidate {
  const path = paths.installed;
  const base = { place: 'installed', helper: 'native', path } as const;
  // The folder may be closed to us, so a missing file and a closed one are told apart by the error.
  const access = accessError(path);
  if (access === 'EACCES') return { ...base, usable: false, ...groupHint() };
  if (access !== undefined) return { ...base, usable: false, why: 'the helper is not installed', fix: FIX_SETUP };
  const age = isOutdated(path, paths.built)
    ? '; it differs from the one that was built here (sudo kaipo setup renews it)'
    : '';
  if (privileges.canGiveNetRaw) return { ...base, usable: true, why: `installed, and this process may capture${age}` };
  if (privileges.noNewPrivs) {
    return { ...base, usable: false, why: 'this shell runs with no_new_privs, which disables file capabilities' };
  }
  if (!hasFileCapabilities(path)) {
    return { ...base, usable: false, why: 'the installed helper has lost its file capabilities', fix: FIX_SETUP };
  }
  return { ...base, usable: true, why: `installed with file capabilities${age}` };
}

function builtCandidate(path: string, privileges: ProcessPrivileges): HelperCandidate {
  const base = { place: 'built', helper: 'native', path } as const;
  if (process.platform !== 'linux') return { ...base, usable: false, why: 'the native helper exists for Linux only' };
  if (accessError(path) !== undefined) {
    return { ...base, usable: false, why: 'the native helper was not built', fix: FIX_BUILD };
  }
  if (privileges.canGiveNetRaw) return { ...base, usable: true, why: 'built, and this process may capture' };
  return { ...base, usable: false, why: 'built, but capturing needs privileges', fix: FIX_SUDO };
}

function portableCandidate(path: string, privileges: ProcessPrivileges): HelperCandidate {
  const base = { place: 'portable', helper: 'portable', path } as const;
  if (!existsSync(path)) {
    return { ...base, usable: false, why: 'the portable helper was not compiled', fix: 'npm run build' };
  }
  if (findCapAddon() === undefined) {
    return { ...base, usable: false, why: 'the cap package is not built', fix: FIX_CAP };
  }
  const mayOpen = privileges.canGiveNetRaw || (process.platform === 'darwin' && accessError('/dev/bpf0') === undefined);
  if (mayOpen) return { ...base, usable: true, why: 'the cap package is built, and this process may capture' };
  return { ...base, usable: false, why: 'the cap package is built, but capturing needs privileges', fix: FIX_SUDO };
}

function accessError(path: string): string | undefined {
  try {
    accessSync(path, path.startsWith('/dev/') ? constants.R_OK : constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  }
}

/** Why the group's door is closed: the user is not in the group, or joined it after this session began. */
function groupHint(): { why: string; fix: string } {
  const user = userInfo().username;
  let members: string[] = [];
  try {
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${HELPER_GROUP}:`));
    members = line?.split(':')[3]?.split(',') ?? [];
  } catch {}
  if (members.includes(user)) {
    return { why: `${user} joined group ${HELPER_GROUP} after this session began`, fix: `newgrp ${HELPER_GROUP}` };
  }
  return { why: `${user} is not in group ${HELPER_GROUP}`, fix: `sudo usermod -aG ${HELPER_GROUP} ${user}` };
}

function hasFileCapabilities(path: string): boolean {
  const getcap = systemTool('getcap');
  // Node cannot read extended attributes. Without the tool the helper's own exit code tells.
  if (getcap === undefined) return true;
  const result = spawnSync(getcap, [path], { encoding: 'latin1', env: {}, timeout: 2000 });
  return result.status !== 0 || result.stdout.includes('cap_net_raw');
}

function isOutdated(installed: string, built: string): boolean {
  try {
    return !readFileSync(installed).equals(readFileSync(built));
  } catch {
    return false;
  }
}
