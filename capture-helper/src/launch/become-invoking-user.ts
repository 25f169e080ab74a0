// Gives root up for good. Owns: finding the user behind sudo or pkexec, becoming that user, proving that there is no way back,
// and the environment that belongs to them. To be called once, before anything else is loaded.
import { readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { statusField } from './privileges.js';

export interface UserState {
  readonly uid: number;
  readonly euid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export interface BecameUser {
  readonly before: UserState;
  readonly after: UserState;
  /** False when nothing was done; `why` says what was done or why nothing was. */
  readonly changed: boolean;
  readonly why: string;
}

/** Documented by Node since 0.9.4, missing from its type definitions. */
type ProcessWithInitgroups = NodeJS.Process & { initgroups(user: string, extraGroup: number): void };

/**
 * Root under sudo or pkexec becomes the user who called it: groups, gid, uid, HOME, USER, LOGNAME and XDG_* of that user.
 * Anyone else stays what they are. Throws when it could not be done or could be undone: then the process must end.
 */
export function becomeInvokingUser(env: NodeJS.ProcessEnv = process.env): BecameUser {
  const before = userState();
  const unchanged = (why: string): BecameUser => ({ before, after: before, changed: false, why });
  if (before.euid !== 0) return unchanged('this process is not root');
  const uid = idOf(env['SUDO_UID']) ?? idOf(env['PKEXEC_UID']);
  if (uid === undefined) return unchanged('started by root, not through sudo or pkexec: the analyzer stays root');
  if (uid === 0) return unchanged('root called sudo: the analyzer stays root');

  const account = accountOf(uid);
  const gid = (env['SUDO_UID'] !== undefined ? idOf(env['SUDO_GID']) : undefined) ?? account?.gid;
  // Without a group of theirs only root's would be left: refuse.
  if (gid === undefined) throw new Error(`cannot become user ${uid}: no such account`);
  if (account === undefined) process.setgroups!([gid]);
  else (process as ProcessWithInitgroups).initgroups(account.username, gid);
  process.setgid!(gid);
  process.setuid!(uid);
  assertNoWayBack(uid, gid);
  setEnvironment(env, uid, account);
  return {
    before,
    after: userState(),
    changed: true,
    why: `became ${account?.username ?? `user ${uid}`}, who called sudo`,
  };
}

function userState(): UserState {
  return {
    uid: process.getuid?.() ?? -1,
    euid: process.geteuid?.() ?? -1,
    gid: process.getgid?.() ?? -1,
    groups: process.getgroups?.() ?? [],
  };
}

function idOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  // (uid_t)-1 means "leave as it is" to the system calls.
  return id < 0xffff_ffff ? id : undefined;
}

/** The account of `uid` as the system knows it (also LDAP and the like): os.userInfo() answers for the effective user. */
function accountOf(uid: number): { username: string; gid: number; homedir: string } | undefined {
  process.seteuid!(uid);
  try {
    const { username, gid, homedir } = userInfo();
    return { username, gid, homedir };
  } catch {
    return undefined;
  } finally {
    process.seteuid!(0);
  }
}

function assertNoWayBack(uid: number, gid: number): void {
  const attempts = [() => process.setuid!(0), () => process.seteuid!(0)];
  if (gid !== 0) attempts.push(() => process.setgid!(0));
  for (const attempt of attempts) {
    let refused = false;
    try {
      attempt();
    } catch {
      refused = true;
    }
    if (!refused) throw new Error('root privileges could be taken back after they were given up');
  }
  if (process.getuid!() !== uid || process.geteuid!() !== uid || process.getegid!() !== gid) {
    throw new Error('root privileges were not given up');
  }
  if (process.platform !== 'linux') return;
  const status = readFileSync('/proc/self/status', 'latin1');
  const uids = statusField(status, 'Uid').split(/\s+/);
  if (!uids.every((id) => id === String(uid))) throw new Error('a saved or file-system uid is still another one');
  for (const set of ['CapEff', 'CapPrm', 'CapAmb']) {
    if (!/^0+$/.test(statusField(status, set))) throw new Error(`capabilities are left in ${set}`);
  }
}

function setEnvironment(
  env: NodeJS.ProcessEnv,
  uid: number,
  account: { username: string; homedir: string } | undefined,
): void {
  const home = account?.homedir ?? '/';
  env['HOME'] = home;
  env['USER'] = account?.username ?? String(uid);
  env['LOGNAME'] = env['USER'];
  for (const name of Object.keys(env)) {
    // sudo -E keeps the user's own; whatever is elsewhere would be root's.
    if (/^XDG_\w+_HOME$/.test(name) && !`${env[name]}/`.startsWith(`${home}/`)) delete env[name];
  }
  const runtime = `/run/user/${uid}`;
  delete env['XDG_RUNTIME_DIR'];
  if (ownerOf(runtime) === uid) env['XDG_RUNTIME_DIR'] = runtime;
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}
