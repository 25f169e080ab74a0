// The portable capture helper: the contract of PROTOCOL.md on the cap package, as a process of its own. The order is the point:
// argv, filter tried elsewhere, interfaces opened, privileges dropped and proved — in one turn of the event loop, so that no
// packet is touched before the drop — then the stream. Reads nothing but argv.
import { existsSync, fstatSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import {
  CUSTOM_NOTICE,
  CUSTOM_PRIVILEGES,
  HELPER_EXIT_BAD_FILTER,
  HELPER_EXIT_IO,
  HELPER_EXIT_NO_INTERFACE,
  HELPER_EXIT_NO_PERMISSION,
  HELPER_EXIT_OK,
  HELPER_EXIT_UNAVAILABLE,
  HELPER_EXIT_USAGE,
} from '../contract/index.js';
import { type PortableArguments, parseArguments } from './arguments.js';
import { BlockWriter } from './block-writer.js';
import { loadCap, type OpenDevice, openDevice, tryInThrowAwayProcess } from './cap-device.js';
import { Capture } from './capture.js';
import { dropPrivileges, readStanding } from './drop-privileges.js';
import { linkTypeNumber } from './link-types.js';
import { StreamOutput } from './stream-output.js';
import { WallClock } from './wall-clock.js';

const VERSION: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
const LINKTYPE_ETHERNET = 1;
const TICK_MS = 250;
/** Packets that are in the ring when the end is asked for are read within this. */
const LAST_PACKETS_MS = 60;
const DRAIN_DEADLINE_MS = 5000;

function die(code: number, message: string): never {
  writeSync(2, `kaipo-capture: ${message.replace(/[^\x20-\x7e]/g, '?')}\n`);
  // Not an orderly exit: a half-open Cap object aborts the process when it is taken down.
  process.exit(code);
}

// Sent by the same user, SIGUSR1 would open Node's inspector: a door into the process.
process.on('SIGUSR1', () => {});
for (const name of ['NODE_OPTIONS', 'UV_USE_IO_URING', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT']) {
  if (process.env[name] !== undefined) {
    die(HELPER_EXIT_USAGE, `${name}: changes what this program runs: start it with a clean environment`);
  }
}

const options = readArguments();
if (options.version) {
  writeSync(1, `kaipo-capture ${VERSION} portable\n`);
  process.exit(HELPER_EXIT_OK);
}
checkStream(options.fd);
try {
  loadCap();
} catch (error) {
  die(HELPER_EXIT_UNAVAILABLE, `the cap package cannot be loaded: ${(error as Error).message.split('\n')[0]}`);
}
checkInterfaces(options);

const clock = new WallClock();
const output = new StreamOutput(options.fd, finish, () => process.exit(HELPER_EXIT_OK));
const writer = new BlockWriter(output, clock);
const capture = new Capture(output, writer, clock, options.interfaces.length, options.snaplen);
const macs = options.interfaces.map(macAddress);
const devices = options.interfaces.map((name, id) => open(name, id));
try {
  dropPrivileges(options.user);
} catch (error) {
  die(HELPER_EXIT_NO_PERMISSION, `dropping privileges: ${(error as Error).message}`);
}

let finishing = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => (finishing ? process.exit(HELPER_EXIT_OK) : finish()));
}

writer.sectionHeader(`kaipo-capture ${VERSION} portable`);
options.interfaces.forEach((name, id) => {
  const { linkType } = devices[id]!;
  const mac = linkType === LINKTYPE_ETHERNET ? macs[id] : undefined;
  writer.interfaceDescription(linkType, options.snaplen, name, mac, options.filter);
});
writer.custom(CUSTOM_PRIVILEGES, privilegeText());
writer.custom(
  CUSTOM_NOTICE,
  'portable helper: times are those of reading, kernel drops are unknown, always promiscuous',
);
output.flush();
setInterval(() => capture.onTick(), TICK_MS);

/** The orderly end: what is in the ring, the last statistics, and everything out. */
function finish(): void {
  if (finishing) return;
  finishing = true;
  setTimeout(() => {
    capture.finish();
    const deadline = performance.now() + DRAIN_DEADLINE_MS;
    const drain = (): void => {
      output.flush();
      if (output.pending === 0) process.exit(HELPER_EXIT_OK);
      if (performance.now() > deadline) die(HELPER_EXIT_IO, 'the reader took nothing for 5 s');
      setTimeout(drain, 5);
    };
    drain();
  }, LAST_PACKETS_MS);
}

function readArguments(): PortableArguments {
  try {
    return parseArguments(process.argv.slice(2));
  } catch (error) {
    return die(HELPER_EXIT_USAGE, (error as Error).message);
  }
}

/** Node itself has descriptors above 2, but no sockets among them at this point: anything else there was not given to us. */
function checkStream(fd: number): void {
  let given = false;
  try {
    given = fd === 1 || (fd > 2 && fstatSync(fd).isSocket());
  } catch {
    // Not open.
  }
  if (!given) die(HELPER_EXIT_USAGE, `--fd: ${fd} is neither 1 nor a socket that was handed over`);
  if (isatty(fd)) die(HELPER_EXIT_USAGE, `--fd: ${fd} is a terminal: packets would be printed on it`);
}

/** Names and filter are tried in processes of their own, because a Cap that failed to open cannot be got rid of. */
function checkInterfaces({ interfaces, filter }: PortableArguments): void {
  for (const name of interfaces) {
    if (!interfaceNames().includes(name)) {
      die(HELPER_EXIT_NO_INTERFACE, `${name}: no such interface; there are ${interfaceNames().join(', ')}`);
    }
  }
  if (filter === '') return;
  const message = tryInThrowAwayProcess(interfaces[0]!, filter);
  if (message !== undefined) die(exitCodeOf(message), `--filter: ${message}`);
}

function interfaceNames(): string[] {
  if (process.platform !== 'linux') {
    return loadCap()
      .Cap.deviceList()
      .map((device) => device.name);
  }
  // bonding_masters is a file among the folders.
  return readdirSync('/sys/class/net').filter((name) => existsSync(`/sys/class/net/${name}/flags`));
}

function open(name: string, id: number): OpenDevice & { linkType: number } {
  let linkType = -1;
  let device: OpenDevice | undefined;
  try {
    device = openDevice(name, options.filter, options.ringMiB * 1024 * 1024, (length) => {
      if (device !== undefined) capture.onPacket(id, device.buffer, length, linkType);
    });
  } catch (error) {
    const { message } = error as Error;
    return die(exitCodeOf(message), `${name}: ${message}`);
  }
  const number = linkTypeNumber(device.linkName);
  if (number === undefined) return die(HELPER_EXIT_UNAVAILABLE, `${name}: unknown link layer ${device.linkName}`);
  linkType = number;
  return { ...device, linkType };
}

/** cap throws libpcap's text and no code. */
function exitCodeOf(message: string): number {
  if (/permission|not permitted|privilege/i.test(message)) return HELPER_EXIT_NO_PERMISSION;
  if (/no such device|not up|doesn't exist|network is down/i.test(message)) return HELPER_EXIT_NO_INTERFACE;
  if (
    options.filter !== '' &&
    /filter|expression|syntax|unknown|illegal|parse|valid|too|not supported/i.test(message)
  ) {
    return HELPER_EXIT_BAD_FILTER;
  }
  return HELPER_EXIT_UNAVAILABLE;
}

function macAddress(name: string): Uint8Array | undefined {
  try {
    const bytes = readFileSync(`/sys/class/net/${name}/address`, 'latin1').trim().split(':');
    return bytes.length === 6 ? Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)) : undefined;
  } catch {
    return undefined;
  }
}

function privilegeText(): string {
  const standing = readStanding();
  const report = {
    helper: 'portable',
    version: VERSION,
    pid: process.pid,
    ...standing,
    timestamps: 'receive',
    drops: 'unknown',
    events: false,
    ringMiB: options.ringMiB,
  };
  return Object.entries(report)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
