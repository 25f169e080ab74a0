// What stands between kaipo and packets on this machine. Owns: the checks of helpers, their tools and the kernel, and the rung they add up to.
// Starts no capture. Native modules are loaded in a child process: one made for another Node could take this process down.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { findCapAddon } from '@kaipo/capture-helper/launch/helper-paths.js';
import { findHelpers, HELPER_GROUP, type HelperCandidate, systemTool } from '@kaipo/capture-helper/launch/index.js';
import { findSocketProgram } from '@kaipo/capture-helper/launch/socket-program.js';
import type { Rung } from '@kaipo/core/query/live-snapshot.js';
import { type Check, ok, warn } from './check.js';

export interface CaptureDiagnosis {
  readonly rung: Rung;
  /** The one command that reaches the next rung. */
  readonly rungFix?: string;
  readonly checks: readonly Check[];
}

const CHILD_TIMEOUT_MS = 10_000;
const FIX_CAP = 'apt install libpcap-dev g++ make python3 && npm rebuild cap';

export async function diagnoseCapture(): Promise<CaptureDiagnosis> {
  const helpers = await findHelpers();
  const usable = helpers.find((helper) => helper.usable);
  const nearest = helpers.find((helper) => helper.place === 'installed') ?? helpers.find((helper) => helper.fix);
  const built = helpers.some((helper) => helper.place === 'built' && existsSync(helper.path));
  const events = process.platform === 'linux' ? tracefsCheck() : undefined;
  const hasEvents = usable?.helper === 'native' && events?.status === 'ok';
  const rung: Rung = usable === undefined ? 'counters' : hasEvents ? 'capture+events' : 'capture';
  const rungFix =
    usable === undefined ? (built ? nearest?.fix : helpers.find((helper) => helper.place === 'built')?.fix) : undefined;
  const linux = process.platform === 'linux';
  return {
    rung,
    ...(rungFix === undefined ? {} : { rungFix }),
    checks: [
      rungCheck(rung, usable, rungFix),
      ...helpers.map((helper) => helperCheck(helper, usable)),
      ...(linux ? [socketTableCheck()] : []),
      capCheck(usable),
      ...(linux ? [compilerCheck(built), filterCheck(), packetSocketCheck(), events!, groupCheck()] : []),
    ],
  };
}

function rungCheck(rung: Rung, usable: HelperCandidate | undefined, fix: string | undefined): Check {
  if (usable !== undefined)
    return ok('rung', `${rung}: packets are captured by the ${usable.helper} helper (${usable.place})`);
  const sockets = 'path' in findSocketProgram() ? ', and TCP payload by application,' : ' only,';
  return warn('rung', `${rung}: byte totals of interfaces${sockets} no packets`, fix);
}

/** What is left without capture: applications from the kernel's socket table. Asked of the kernel, by the program that would ask. */
function socketTableCheck(): Check {
  const name = 'socket table';
  const found = findSocketProgram();
  if ('why' in found) return warn(name, found.why, 'apt install gcc libc6-dev && npm run build');
  const child = spawnSync(found.path, ['--once'], {
    env: {},
    encoding: 'latin1',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: CHILD_TIMEOUT_MS,
  });
  if (child.status === 0) return ok(name, 'readable: without capture, applications are shown by their TCP payload');
  const why =
    child.stderr.trim().replace(/^kaipo-sockets: /, '') || `kaipo-sockets ended with ${child.signal ?? child.status}`;
  return warn(name, `not readable: without capture, no applications are shown (${why})`);
}

/** A helper that cannot be used matters only when none can; the rung says that. */
function helperCheck(helper: HelperCandidate, usable: HelperCandidate | undefined): Check {
  const name = `helper: ${helper.place}`;
  if (helper.usable || usable !== undefined) return ok(name, helper.why);
  return warn(name, helper.why, helper.fix);
}

/** The cap package is the fallback; where a native helper works nobody needs it. */
function capCheck(usable: HelperCandidate | undefined): Check {
  const addon = findCapAddon();
  const needed = usable === undefined || usable.helper === 'portable';
  const trouble = (detail: string): Check =>
    needed ? warn('cap', detail, FIX_CAP) : ok('cap', `${detail}; not needed, the native helper is used`);
  if (addon === undefined) return trouble('the cap package is not built');
  const error = loadError(addon);
  if (error === undefined) return ok('cap', 'the cap package loads');
  if (error.includes('NODE_MODULE_VERSION')) {
    return warn(
      'cap',
      `built for another Node.js than ${process.version} (ABI ${process.versions.modules})`,
      'npm rebuild cap',
    );
  }
  return trouble(`the cap package does not load: ${error}`);
}

/** Loads a native module in a child. @returns undefined, or the line that says why not. */
export function loadError(path: string): string | undefined {
  const script = 'require(process.argv[1])';
  const child = spawnSync(process.execPath, ['-e', script, path], { encoding: 'utf8', timeout: CHILD_TIMEOUT_MS });
  if (child.status === 0) return undefined;
  const lines = child.stderr.split('\n').filter((line) => line.trim() !== '');
  const reason = lines.filter((line) => /Error|NODE_MODULE_VERSION|cannot open/.test(line)).join(' ');
  return reason || lines[0] || `ended with ${child.signal ?? child.status}`;
}

function compilerCheck(built: boolean): Check {
  const compiler = ['cc', 'gcc', 'clang'].map(systemTool).find((path) => path !== undefined);
  if (compiler !== undefined) return ok('C compiler', compiler);
  if (built) return ok('C compiler', 'none; the native helper is built already');
  return warn('C compiler', 'none: the native helper cannot be built', 'apt install gcc libc6-dev && npm run build');
}

/** The native helper asks libpcap, by this name, only to compile `--filter`. */
function filterCheck(): Check {
  const places = [
    '/usr/lib',
    '/usr/lib64',
    '/lib',
    '/lib64',
    '/usr/local/lib',
    ...multiarch('/usr/lib'),
    ...multiarch('/lib'),
  ];
  const found = places.find((place) => filesOf(place).some((file) => /^libpcap\.so\.(0\.8|1)(\.|$)/.test(file)));
  if (found !== undefined) return ok('filters', `libpcap in ${found}`);
  return warn('filters', 'no libpcap: --filter is not available', 'apt install libpcap0.8');
}

const multiarch = (place: string): string[] =>
  filesOf(place)
    .filter((name) => name.includes('-linux-'))
    .map((name) => `${place}/${name}`);

function filesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** /proc/net/packet is there when AF_PACKET is; TPACKET_V3 came with Linux 3.2. */
function packetSocketCheck(): Check {
  const release = textOf('/proc/sys/kernel/osrelease').trim();
  const [major = 0, minor = 0] = release.split('.').map(Number);
  if (major < 3 || (major === 3 && minor < 2))
    return warn('packet ring', `Linux ${release} has no TPACKET_V3`, 'use Linux 3.2 or newer');
  if (existsSync('/proc/net/packet')) return ok('packet ring', `Linux ${release}, TPACKET_V3`);
  return warn('packet ring', 'packet sockets are not there (yet)', 'sudo modprobe af_packet');
}

function tracefsCheck(): Check {
  const mount = textOf('/proc/mounts')
    .split('\n')
    .map((line) => line.split(' '))
    .find((words) => words[2] === 'tracefs');
  const lockdown = /\[(\w+)\]/.exec(textOf('/sys/kernel/security/lockdown'))?.[1];
  if (lockdown === 'confidentiality') return warn('kernel events', 'kernel lockdown "confidentiality" forbids tracing');
  if (mount !== undefined) return ok('kernel events', `tracefs on ${mount[1]}`);
  if (/\ttracefs$/m.test(textOf('/proc/filesystems'))) {
    if (process.getuid?.() === 0) return ok('kernel events', 'tracefs is not mounted: the helper opens one for itself');
    return warn('kernel events', 'tracefs is not mounted', 'sudo mount -t tracefs tracefs /sys/kernel/tracing');
  }
  return warn('kernel events', 'this kernel has no tracefs: applications are found through /proc alone');
}

function groupCheck(): Check {
  if (process.getuid?.() === 0) return ok('group', 'root needs no group');
  const gid = /^[^:]*:[^:]*:(\d+):/.exec(
    textOf('/etc/group')
      .split('\n')
      .find((line) => line.startsWith(`${HELPER_GROUP}:`)) ?? '',
  )?.[1];
  if (gid === undefined) return ok('group', `no group ${HELPER_GROUP}: the helper is not installed`);
  if (process.getgroups?.().includes(Number(gid)) === true)
    return ok('group', `this session is in group ${HELPER_GROUP}`);
  return warn(
    'group',
    `this session is not in group ${HELPER_GROUP}`,
    `sudo usermod -aG ${HELPER_GROUP} "$USER" && newgrp ${HELPER_GROUP}`,
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
