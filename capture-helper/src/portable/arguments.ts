// argv of the portable helper: the same as the native one's. Owns: refusing everything outside the contract, before anything
// is opened. Reads nothing but argv.
import { parseArgs } from 'node:util';
import {
  INTERFACE_NAME,
  MAX_CAPTURE_INTERFACES,
  MAX_FILTER_BYTES,
  MAX_SNAPLEN,
  MIN_SNAPLEN,
} from '../contract/index.js';

export interface PortableArguments {
  readonly interfaces: readonly string[];
  readonly filter: string;
  readonly snaplen: number;
  readonly ringMiB: number;
  readonly fd: number;
  readonly user: string;
  readonly version: boolean;
}

export class UsageError extends Error {}

/** Throws UsageError with one line for a person. */
export function parseArguments(argv: readonly string[]): PortableArguments {
  const { values } = parse(argv);
  if (values.standby === true) throw new UsageError('--standby: the cap package captures as soon as it is open');
  if (values.install !== undefined) throw new UsageError('--install: only the native helper can be installed');
  const interfaces = values.interface ?? [];
  const version = values.version === true;
  if (interfaces.length === 0 && !version) throw new UsageError('-i: name at least one interface');
  if (interfaces.length > MAX_CAPTURE_INTERFACES) {
    throw new UsageError(`-i: more than ${MAX_CAPTURE_INTERFACES} interfaces`);
  }
  if (new Set(interfaces).size < interfaces.length) throw new UsageError('-i: an interface is named twice');
  if (!interfaces.every((name) => INTERFACE_NAME.test(name))) throw new UsageError('-i: not an interface name');
  const filter = values.filter ?? '';
  if (filter.length > MAX_FILTER_BYTES || !/^[\x20-\x7e]*$/.test(filter)) {
    throw new UsageError(`--filter: not printable ASCII of at most ${MAX_FILTER_BYTES} bytes`);
  }
  // Accepted because the native helper has it; cap fixes it.
  wholeNumber('--block-timeout-ms', values['block-timeout-ms'] ?? '20', 1, 1000);
  return {
    interfaces,
    filter: filter.trim(),
    snaplen: wholeNumber('--snaplen', values.snaplen ?? String(MAX_SNAPLEN), MIN_SNAPLEN, MAX_SNAPLEN),
    ringMiB: wholeNumber('--ring-mib', values['ring-mib'] ?? '64', 1, 512),
    fd: wholeNumber('--fd', values.fd ?? '1', 1, 1023),
    user: accountName(values.user ?? 'nobody'),
    version,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        interface: { type: 'string', short: 'i', multiple: true },
        filter: { type: 'string' },
        snaplen: { type: 'string' },
        'ring-mib': { type: 'string' },
        fd: { type: 'string' },
        standby: { type: 'boolean' },
        user: { type: 'string' },
        promiscuous: { type: 'boolean' },
        'block-timeout-ms': { type: 'string' },
        version: { type: 'boolean' },
        install: { type: 'string' },
        group: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new UsageError(`${option}: not a whole number within ${least}..${most}`);
  return value;
}

function accountName(name: string): string {
  if (!/^[A-Za-z0-9_.@-]{1,32}$/.test(name)) throw new UsageError('--user: not a name');
  return name;
}
