// The cap package, with its faults fenced in (each is named where it is met). Owns: loading it, opening an interface once,
// trying a filter where a crash does no harm. One CapDevice per interface and process life: cap cannot be opened again.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

interface Cap {
  open(device: string, filter: string, bufferBytes: number, buffer: Buffer): string;
  on(event: 'packet', listener: (length: number, truncated: boolean) => void): void;
}
interface CapModule {
  readonly Cap: { new (): Cap; deviceList(): { name: string }[] };
}

/** cap captures 65,535 bytes of a packet at most; the rest is slack for its readers. */
const PACKET_BUFFER_BYTES = 65_536 + 64;
const TRIAL_TIMEOUT_MS = 10_000;

/** cap copies packets into the Buffer it was given without holding on to it, and its own object may be collected while open:
 * both stay here until the process ends. */
const kept: { cap: Cap; buffer: Buffer }[] = [];

let loaded: CapModule | undefined;

/** Loads cap; throws when it is not there or was built for another Node. */
export function loadCap(): CapModule {
  loaded ??= createRequire(import.meta.url)('cap') as CapModule;
  return loaded;
}

export interface OpenDevice {
  /** As cap names it, see link-types.ts. */
  readonly linkName: string;
  /** Holds the packet during `onPacket`. */
  readonly buffer: Buffer;
}

/**
 * Opens `name`; packets come in later turns of the event loop, `onPacket` gets the captured length. When this throws, the
 * half-open object aborts the process if it is closed, opened again or collected: the process has to end.
 */
export function openDevice(
  name: string,
  filter: string,
  ringBytes: number,
  onPacket: (length: number) => void,
): OpenDevice {
  const { Cap } = loadCap();
  const cap = new Cap();
  const buffer = Buffer.alloc(PACKET_BUFFER_BYTES);
  kept.push({ cap, buffer });
  const linkName = cap.open(name, filter, ringBytes, buffer);
  cap.on('packet', onPacket);
  return { linkName, buffer };
}

/**
 * Opens `name` with `filter` in a process that is thrown away. Returns undefined when it works, else cap's message. A bad
 * filter is found here, before the process that matters opens anything.
 */
export function tryInThrowAwayProcess(name: string, filter: string): string | undefined {
  const script = fileURLToPath(new URL('./trial.js', import.meta.url));
  const result = spawnSync(process.execPath, [script, name, filter], {
    env: {},
    encoding: 'latin1',
    timeout: TRIAL_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  // The process may crash after it answered: its answer counts, not how it ended.
  if (result.stdout === 'ok\n') return undefined;
  return result.stdout.trim() || result.error?.message || `the trial ended with ${result.signal ?? result.status}`;
}
