// The first thing the program does. Owns: starting the capture helper while root is still there, then giving root up, before
// anything else is loaded. Imports node:* and the launcher alone: whatever it imports runs as root.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { INTERFACE_NAME } from '@kaipo/capture-helper/contract/index.js';
import {
  type BecameUser,
  becomeInvokingUser,
  NoHelperError,
  type PreparedCapture,
  type PrepareOptions,
  prepareCapture,
} from '@kaipo/capture-helper/launch/index.js';

const MAX_DEFAULT_INTERFACES = 32;
/** Bytes kept of each packet unless asked otherwise: a ClientHello with post-quantum keys and all its headers fit. */
const USUAL_SNAPLEN = 4096;
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const RTF_UP = 0x1;

/** What the command line says about capturing, read the way the command itself reads it. */
export interface CaptureRequest {
  readonly command: 'live' | 'daemon';
  /** As named with -i; empty: none were named. */
  readonly interfaces: readonly string[];
  readonly filter?: string;
  readonly snaplen?: number;
  readonly ringMiB?: number;
  readonly prefer: 'auto' | 'native' | 'portable';
}

export interface ElevateReport {
  /** Absent when the command does not capture. */
  readonly request?: CaptureRequest;
  /** Absent when this process was not root, or the command keeps root. */
  readonly user?: BecameUser;
  /** Why nothing was prepared although it was wanted; the command reports it. */
  readonly problem?: { readonly message: string; readonly fix?: string; readonly exitCode?: number };
}

export interface Elevated {
  readonly prepared?: PreparedCapture;
  readonly report: ElevateReport;
}

/** Commands whose work needs root. */
const KEEP_ROOT = ['setup', 'service', 'selftest'];

/**
 * Under sudo: starts the helper for `live` and `daemon`, which is only possible now; a `live` that finds a recorder to attach to
 * closes it before anything is read from it. Then becomes the invoking user, also for every other command but
 * `setup`, `service` and `selftest`. Not root: does nothing, the command prepares its capture itself. Plain root stays root,
 * see becomeInvokingUser. `argv`: process.argv.slice(2).
 */
export async function elevateThenDrop(argv: readonly string[]): Promise<Elevated> {
  const request = readCaptureRequest(argv);
  const withRequest = request !== undefined && { request };
  const invokedByUser = process.env['SUDO_UID'] !== undefined || process.env['PKEXEC_UID'] !== undefined;
  if (process.geteuid?.() !== 0 || !invokedByUser || KEEP_ROOT.includes(commandOf(argv))) {
    return { report: { ...withRequest } };
  }
  let prepared: PreparedCapture | undefined;
  let problem: ElevateReport['problem'];
  const options = request === undefined ? undefined : prepareOptions(request);
  if (options?.interfaces.every(interfaceExists)) {
    try {
      prepared = await prepareCapture(options);
    } catch (error) {
      problem = describe(error);
    }
  }
  const user = becomeInvokingUser();
  return {
    ...(prepared !== undefined && { prepared }),
    report: { ...withRequest, user, ...(problem !== undefined && { problem }) },
  };
}

/** What prepareCapture is called with for a request; the defaults are the ones a command must use too. */
export function prepareOptions(request: CaptureRequest): PrepareOptions {
  const { interfaces, filter, snaplen, ringMiB, prefer } = request;
  return {
    interfaces: interfaces.length > 0 ? interfaces : defaultInterfaces(),
    ...(filter !== undefined && { filter }),
    ...(snaplen !== undefined && { snaplen }),
    usualSnaplen: USUAL_SNAPLEN,
    ...(ringMiB !== undefined && { ringMiB }),
    prefer,
    service: interfaces.length === 0,
  };
}

/**
 * Reads what `live` and `daemon` say about capturing; undefined for another command, for help, for a look at the past (--at)
 * and for counters alone (--helper none). Unknown options are somebody else's to refuse.
 */
export function readCaptureRequest(argv: readonly string[]): CaptureRequest | undefined {
  const { values, positionals } = parse(argv);
  const command = positionals[0];
  if ((command !== 'live' && command !== 'daemon') || values.help === true || values.at !== undefined) return undefined;
  const text = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined);
  const number = (value: string | boolean | undefined) => (text(value) === undefined ? undefined : Number(value));
  const filter = text(values.filter);
  const snaplen = number(values.snaplen);
  const ringMiB = number(values['ring-mib']);
  const helper = text(values.helper);
  if (helper === 'none') return undefined;
  return {
    command,
    interfaces: (values.interface ?? []).filter((name) => typeof name === 'string'),
    ...(filter !== undefined && { filter }),
    ...(snaplen !== undefined && { snaplen }),
    ...(ringMiB !== undefined && { ringMiB }),
    prefer: helper === 'native' || helper === 'portable' ? helper : 'auto',
  };
}

function commandOf(argv: readonly string[]): string {
  return parse(argv).positionals[0] ?? '';
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    options: {
      interface: { type: 'string', short: 'i', multiple: true },
      filter: { type: 'string' },
      snaplen: { type: 'string' },
      'ring-mib': { type: 'string' },
      helper: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      // Not used here, but their values must not be taken for the command.
      at: { type: 'string' },
      interval: { type: 'string' },
      duration: { type: 'string' },
      format: { type: 'string' },
      output: { type: 'string', short: 'o' },
      store: { type: 'string' },
      config: { type: 'string' },
    },
  });
}

function describe(error: unknown): NonNullable<ElevateReport['problem']> {
  const { message } = error as Error;
  if (!(error instanceof NoHelperError)) return { message, exitCode: 64 };
  return { message, exitCode: error.exitCode, ...(error.fix !== undefined && { fix: error.fix }) };
}

/** Does the system have this interface? */
export function interfaceExists(name: string): boolean {
  if (process.platform !== 'linux') return name in networkInterfaces();
  return /^[^/]+$/.test(name) && name !== '.' && name !== '..' && existsSync(join('/sys/class/net', name));
}

/**
 * Interfaces to capture on when none are named: those that are up and not loopback, of them the physical ones, else those of a
 * default route, else all; at most 32, by name. Frames that pass a VPN or a bridge are seen on the physical one too, and so
 * are counted once.
 */
export function defaultInterfaces(): string[] {
  if (process.platform !== 'linux') {
    const up = Object.entries(networkInterfaces()).filter(([, addresses]) =>
      addresses?.some((entry) => !entry.internal),
    );
    return up.map(([name]) => name).slice(0, MAX_DEFAULT_INTERFACES);
  }
  const up = listInterfaces().filter((name) => {
    const flags = Number(readText(`/sys/class/net/${name}/flags`));
    return (flags & IFF_UP) !== 0 && (flags & IFF_LOOPBACK) === 0;
  });
  const physical = up.filter((name) => existsSync(`/sys/class/net/${name}/device`));
  const routed = defaultRouteInterfaces();
  const withRoute = up.filter((name) => routed.has(name));
  const chosen = physical.length > 0 ? physical : withRoute.length > 0 ? withRoute : up;
  return chosen.slice(0, MAX_DEFAULT_INTERFACES);
}

function listInterfaces(): string[] {
  try {
    // A bond's control file lies among the interfaces.
    return readdirSync('/sys/class/net')
      .filter((name) => INTERFACE_NAME.test(name) && existsSync(`/sys/class/net/${name}/flags`))
      .sort();
  } catch {
    return [];
  }
}

/** Interfaces of the default routes: /proc/net/route (destination and mask 0), /proc/net/ipv6_route (destination ::/0). */
function defaultRouteInterfaces(): Set<string> {
  const names = new Set<string>();
  for (const line of readText('/proc/net/route').split('\n').slice(1)) {
    const [name, destination, , flags, , , , mask] = line.split('\t');
    if (destination === '00000000' && mask === '00000000' && (Number.parseInt(flags ?? '0', 16) & RTF_UP) !== 0) {
      names.add(name ?? '');
    }
  }
  for (const line of readText('/proc/net/ipv6_route').split('\n')) {
    const fields = line.trim().split(/\s+/);
    const isDefault = /^0{32}$/.test(fields[0] ?? '') && fields[1] === '00';
    // The kernel keeps a catch-all on lo that rejects: it is no way out.
    if (isDefault && fields[9] !== 'lo') names.add(fields[9] ?? '');
  }
  return names;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
