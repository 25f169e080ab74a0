// HelperOptions -> argv of a helper. Owns: refusing what a helper would refuse, before a process is started for it.
import {
  type HelperOptions,
  INTERFACE_NAME,
  MAX_CAPTURE_INTERFACES,
  MAX_FILTER_BYTES,
  MAX_SNAPLEN,
  MIN_SNAPLEN,
} from '../contract/index.js';

/** Ring sizes a helper takes, MiB per interface. */
export const MIN_RING_MIB = 1;
export const MAX_RING_MIB = 512;

/**
 * Arguments of a helper that writes its stream to descriptor `fd`. Throws a RangeError whose message names the option when
 * one is outside the contract.
 */
export function helperArgv(options: HelperOptions, fd: number): string[] {
  const { interfaces, filter, snaplen, ringMiB } = options;
  if (interfaces.length === 0) throw new RangeError('no interface to capture on');
  if (interfaces.length > MAX_CAPTURE_INTERFACES) {
    throw new RangeError(`${interfaces.length} interfaces: at most ${MAX_CAPTURE_INTERFACES} can be captured at once`);
  }
  const argv: string[] = [];
  for (const name of new Set(interfaces)) {
    if (!INTERFACE_NAME.test(name)) throw new RangeError('-i: not an interface name');
    argv.push('-i', name);
  }
  if (filter !== undefined && filter.trim() !== '') {
    if (!/^[\x20-\x7e]*$/.test(filter)) throw new RangeError('--filter: only printable ASCII can be compiled');
    if (filter.length > MAX_FILTER_BYTES) throw new RangeError(`--filter: longer than ${MAX_FILTER_BYTES} bytes`);
    argv.push('--filter', filter);
  }
  if (snaplen !== undefined) argv.push('--snaplen', within('--snaplen', snaplen, MIN_SNAPLEN, MAX_SNAPLEN));
  if (ringMiB !== undefined) argv.push('--ring-mib', within('--ring-mib', ringMiB, MIN_RING_MIB, MAX_RING_MIB));
  argv.push('--fd', String(fd));
  return argv;
}

function within(option: string, value: number, least: number, most: number): string {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${option}: ${value} is not a whole number within ${least}..${most}`);
  }
  return String(value);
}
