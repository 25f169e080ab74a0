// The drop, and the proof of it from the kernel's own words. Owns: becoming `user`; what stands in the privilege report.
import { readdirSync, readFileSync } from 'node:fs';

export interface Standing {
  readonly uid: number;
  readonly gid: number;
  readonly capEff: string;
  readonly capPrm: string;
  readonly capAmb: string;
  readonly capBnd: string;
  readonly noNewPrivs: boolean;
  readonly seccomp: number;
}

/**
 * Root becomes `user` on every thread; throws when that fails or can be undone. A process that is not root but may capture
 * (ambient CAP_NET_RAW, a readable BPF device) stays what it is: Node has no way to give a capability up, and the report says so.
 */
export function dropPrivileges(user: string): void {
  if (process.geteuid?.() !== 0) return;
  process.setgroups!([]);
  process.setgid!(groupOf(user));
  process.setuid!(user);
  prove();
}

/** How the process stands now; fields that this system does not show are '0'. */
export function readStanding(): Standing {
  let status = '';
  try {
    status = readFileSync('/proc/self/status', 'latin1');
  } catch {
    // Not Linux.
  }
  return {
    uid: process.getuid?.() ?? -1,
    gid: process.getgid?.() ?? -1,
    capEff: field(status, 'CapEff'),
    capPrm: field(status, 'CapPrm'),
    capAmb: field(status, 'CapAmb'),
    capBnd: field(status, 'CapBnd'),
    noNewPrivs: field(status, 'NoNewPrivs') === '1',
    seccomp: Number(field(status, 'Seccomp')),
  };
}

function prove(): void {
  for (const attempt of [() => process.setuid!(0), () => process.seteuid!(0), () => process.setgid!(0)]) {
    let refused = false;
    try {
      attempt();
    } catch {
      refused = true;
    }
    if (!refused) throw new Error('root could be taken back');
  }
  if (process.getuid!() === 0 || process.geteuid!() === 0) throw new Error('still root');
  if (process.platform !== 'linux') return;
  for (const task of readdirSync('/proc/self/task')) {
    const status = readFileSync(`/proc/self/task/${task}/status`, 'latin1');
    for (const set of ['CapEff', 'CapPrm', 'CapAmb', 'CapInh']) {
      if (!/^0+$/.test(field(status, set))) throw new Error(`${set} of thread ${task} is not empty`);
    }
    if (field(status, 'Uid').split(/\s+/).includes('0')) throw new Error(`thread ${task} is still root`);
  }
}

/** Primary group of `user`, from /etc/passwd, where macOS keeps the negative number of nobody. */
function groupOf(user: string): number {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  const gid = Number(line?.split(':')[3]);
  if (!Number.isInteger(gid)) throw new Error(`no user '${user}' in /etc/passwd`);
  if (gid === 0 || Number(line?.split(':')[2]) === 0)
    throw new Error(`'${user}' is root: packets are not read by root`);
  return gid < 0 ? gid >>> 0 : gid;
}

function field(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim() ?? '0';
}
