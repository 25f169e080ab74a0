// Processes behind the applications of a snapshot, the same on every run. Owns: shapes a tree has to draw: one process, helpers below
// their program, short-lived ones that have ended, more than there are lines for, and rows that are not listed.
import type { LiveApp, LiveProcess, TrafficRow } from '@kaipo/core/query/live-snapshot.js';

const SUMS = ['rxBytes', 'txBytes', 'rxPackets', 'txPackets', 'rxBytesTotal', 'txBytesTotal'] as const;

const SYSTEMD = { pid: 1, app: 'systemd' };
const SHELL = { pid: 812, app: 'bash' };
const SSHD = { pid: 700, app: 'sshd' };

/** The n-th of `count` shares of an application; they add up to it. */
function share(app: LiveApp, n: number, count: number): TrafficRow & { flows: number } {
  const part = (value: number): number =>
    n < count - 1 ? Math.floor(value / 2 ** (n + 1)) : value - sumOfFirst(value, count - 1);
  const sums = Object.fromEntries(SUMS.map((name) => [name, part(app[name])]));
  return { ...(sums as unknown as TrafficRow), flows: part(app.flows) };
}

function sumOfFirst(value: number, count: number): number {
  let sum = 0;
  for (let n = 0; n < count; n += 1) sum += Math.floor(value / 2 ** (n + 1));
  return sum;
}

const HELPERS = ['firefox', 'Web Content', 'Socket Process', 'RDD Process'];

export function fakeProcesses(apps: readonly LiveApp[]): LiveProcess[] {
  return apps.flatMap((app): LiveProcess[] => {
    const { pid, ...rest } = app;
    if (pid === undefined) return [];
    const where = { ...rest, pid, startUs: 1_772_370_000_000_000 };
    if (pid === 1_200)
      // A program and its helpers, one of them started by another.
      return HELPERS.map((name, n) => ({
        ...where,
        pid: pid + n,
        exe: `/usr/lib/firefox/${name}`,
        parents:
          n === 0
            ? [{ pid: 640, app: 'gnome-shell' }, SYSTEMD]
            : [{ pid: n === 3 ? pid + 2 : pid, app: 'firefox' }, SYSTEMD],
        ...share(app, n, HELPERS.length),
      }));
    if (pid === 1_954) {
      // curl in a loop: two run, the others are over.
      const { exe: _, startUs: __, pid: ___, ...over } = where;
      return [
        ...[0, 1].map((n) => ({ ...where, pid: pid + n, parents: [SHELL, SSHD, SYSTEMD], ...share(app, n, 3) })),
        { ...over, ended: 37, ...share(app, 2, 3) },
      ];
    }
    // A server with more workers than there are lines for, and one that is not listed.
    if (pid === 1_577)
      return Array.from({ length: 40 }, (_, n) => ({
        ...where,
        pid: 20_000 + n,
        parents: [SYSTEMD],
        ...share(app, n, 41),
      }));
    return [{ ...where, parents: [SYSTEMD], ...share(app, 0, 1) }];
  });
}
