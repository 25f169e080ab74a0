// Which capture a run gets: the helper that root started, one started now, or none and counters alone. Owns the choice and the named
// errors of captures. Must not know sessions or screens.
import { isDeepStrictEqual } from 'node:util';
import { NoHelperError, type PreparedCapture, prepareCapture } from '@kaipo/capture-helper/launch/index.js';
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { type ErrorCode, KaipoError } from '@kaipo/core/kernel/errors.js';
import { readInterfaceCounters } from '@kaipo/core/source/counters.js';
import { type CaptureRequest, type Elevated, prepareOptions } from '../elevate.js';
import { shellWord } from '../output/runnable-command.js';

export interface CaptureChoice {
  /** Undefined: counters only. */
  readonly prepared: PreparedCapture | undefined;
  /** The command that would reach the next rung. */
  readonly rungFix: string | undefined;
}

const NOTHING: CaptureRequest = { command: 'live', interfaces: [], prefer: 'auto' };
const COUNTERS: CaptureChoice = { prepared: undefined, rungFix: undefined };

export type HelperChoice = 'auto' | 'native' | 'portable' | 'none';

/** What is to be captured, flags before configuration; undefined: nothing. Raises KAIPO_USAGE for a filter without a helper. */
export function captureRequest(
  command: CaptureRequest['command'],
  { capture }: KaipoConfig,
  flags: { readonly helper: HelperChoice; readonly filter: string | undefined },
): CaptureRequest | undefined {
  if (flags.helper !== 'none') return { command, ...capture, prefer: flags.helper };
  if (flags.filter === undefined) return undefined;
  throw new KaipoError('KAIPO_USAGE', '--filter needs a capture helper, --helper none has none');
}

/**
 * `request`: what is to be captured, and with which helper; undefined: counters only. Raises KAIPO_NO_PERMISSION or
 * KAIPO_HELPER_MISSING when a filter or a certain helper is asked for and cannot be had, KAIPO_USAGE for numbers out of range.
 */
export async function chooseCapture(request: CaptureRequest | undefined, elevated: Elevated): Promise<CaptureChoice> {
  if (elevated.prepared !== undefined) {
    checkPrepared(request, elevated.report.request);
    return { prepared: elevated.prepared, rungFix: undefined };
  }
  if (request === undefined) return COUNTERS;
  try {
    return { prepared: await prepareCapture(prepareOptions(request)), rungFix: undefined };
  } catch (error) {
    if (error instanceof RangeError) throw new KaipoError('KAIPO_USAGE', error.message);
    if (!(error instanceof NoHelperError)) throw error;
    // What only capture can do is refused; everything else is shown from counters.
    if (request.filter !== undefined || request.prefer !== 'auto') {
      throw new KaipoError(
        error.exitCode === 77 ? 'KAIPO_NO_PERMISSION' : 'KAIPO_HELPER_MISSING',
        error.message,
        withArguments(error.fix),
      );
    }
    return { prepared: undefined, rungFix: withArguments(error.fix) };
  }
}

/** What root started knows the command line alone: no file is read as root. It must not capture other than the files say. */
function checkPrepared(wanted: CaptureRequest | undefined, started: CaptureRequest | undefined): void {
  const [{ command: _a, ...a }, { command: _b, ...b }] = [wanted ?? NOTHING, started ?? NOTHING];
  if (isDeepStrictEqual(a, b)) return;
  throw new KaipoError(
    'KAIPO_USAGE',
    'the configuration says how to capture, and files are not read while kaipo is root',
    'give it on the command line too (-i, --filter, --snaplen, --ring-mib), or run sudo kaipo setup once and then kaipo without sudo',
  );
}

/** Raises KAIPO_NO_INTERFACE for a name this machine does not have. */
export function checkInterfaces(names: readonly string[]): void {
  if (process.platform !== 'linux' || names.length === 0) return;
  const known = readInterfaceCounters().map((row) => row.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new KaipoError('KAIPO_NO_INTERFACE', `there is no interface "${name}"; there are: ${known.join(', ')}`);
  }
}

const MENDED_BY_A_PERSON: Readonly<Record<number, ErrorCode>> = {
  66: 'KAIPO_NO_INTERFACE',
  65: 'KAIPO_BAD_FILTER',
  77: 'KAIPO_NO_PERMISSION',
};

/** How a capture ended, when it is something a person must mend before it can work. */
export function captureError(
  message: string,
  exitCode: number | undefined,
  fix: string | undefined,
): KaipoError | undefined {
  const code = exitCode === undefined ? undefined : MENDED_BY_A_PERSON[exitCode];
  return code === undefined ? undefined : new KaipoError(code, message, fix);
}

/** The command that fixes it is the command that was given, with sudo before it. */
function withArguments(fix: string | undefined): string | undefined {
  if (fix !== 'sudo kaipo live') return fix;
  return ['sudo kaipo', ...process.argv.slice(2).map(shellWord)].join(' ');
}
