// Network namespaces with veth pairs that a test makes and takes away: a wire of its own, on which nothing else speaks.
// IPv6 is off and neighbours are fixed, so that every packet on the wire is one the test sent. Needs root and iproute2.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why privileged tests cannot run here, or false when they can. */
export const notRoot: string | false =
  process.platform !== 'linux' || process.getuid?.() !== 0 ? 'needs root on Linux' : false;

export function run(command: string, args: readonly string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ${result.error?.message ?? result.stderr.trim()}`);
  }
  return result.stdout;
}

let created = 0;

/** Interface `a0` of namespace `near` is one end of a wire, `b0` of namespace `far` the other; so are `a1` and `b1`, and so on. */
export class Wires {
  readonly near: string;
  readonly far: string;
  readonly #directory: string;
  #files = 0;

  constructor(count = 1) {
    created += 1;
    this.near = `kpn${process.pid}-${created}a`;
    this.far = `kpn${process.pid}-${created}b`;
    this.#directory = mkdtempSync(join(tmpdir(), 'kaipo-wires-'));
    for (const netns of [this.near, this.far]) {
      run('ip', ['netns', 'add', netns]);
      run('ip', ['netns', 'exec', netns, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1']);
      run('ip', ['netns', 'exec', netns, 'sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1']);
      run('ip', ['-n', netns, 'link', 'set', 'lo', 'up']);
    }
    for (let i = 0; i < count; i++) this.#connect(i);
  }

  #connect(i: number): void {
    run('ip', ['-n', this.near, 'link', 'add', `a${i}`, 'type', 'veth', 'peer', 'name', `b${i}`, 'netns', this.far]);
    for (const [netns, name, own, peer, lastByte] of [
      [this.near, `a${i}`, 1, 2, '0a'],
      [this.far, `b${i}`, 2, 1, '0b'],
    ] as const) {
      run('ip', ['-n', netns, 'link', 'set', name, 'address', `02:00:00:00:0${i}:${lastByte}`]);
      run('ip', ['-n', netns, 'addr', 'add', `10.77.${i}.${own}/24`, 'dev', name]);
      run('ip', ['-n', netns, 'link', 'set', name, 'up']);
      const other = `02:00:00:00:0${i}:${lastByte === '0a' ? '0b' : '0a'}`;
      run('ip', [
        '-n',
        netns,
        'neigh',
        'replace',
        `10.77.${i}.${peer}`,
        'lladdr',
        other,
        'dev',
        name,
        'nud',
        'permanent',
      ]);
    }
  }

  /** Pings from the near side: per count one packet out and one in. */
  ping(i: number, count: number): void {
    run('ip', ['netns', 'exec', this.near, 'ping', '-qn', '-c', String(count), '-i', '0.01', `10.77.${i}.2`]);
  }

  /** Sends frames as they are from the far end of wire `i`, `loop` times over; resolves to the process. `pps` 0: as fast as it goes. */
  startReplay(i: number, frames: readonly Uint8Array[], pps: number, loop = 1): ChildProcess {
    this.#files += 1;
    const file = join(this.#directory, `${this.#files}.pcap`);
    writeFileSync(file, classicPcap(frames));
    const speed = pps === 0 ? ['--topspeed'] : [`--pps=${pps}`];
    const args = ['netns', 'exec', this.far, 'tcpreplay', '-q', '-K', ...speed, `--loop=${loop}`, '-i', `b${i}`, file];
    return spawn('ip', args, { stdio: ['ignore', 'ignore', 'ignore'] });
  }

  async replay(i: number, frames: readonly Uint8Array[], pps: number, loop = 1): Promise<void> {
    const child = this.startReplay(i, frames, pps, loop);
    const status = await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
    if (status !== 0) throw new Error(`tcpreplay ended with ${status}`);
  }

  /** Packets and bytes the kernel counted on interface `a<i>`. */
  counters(i: number): { rxPackets: number; rxBytes: number; txPackets: number; txBytes: number } {
    const [link] = JSON.parse(run('ip', ['-n', this.near, '-s', '-j', 'link', 'show', `a${i}`]));
    const { rx, tx } = link.stats64;
    return { rxPackets: rx.packets, rxBytes: rx.bytes, txPackets: tx.packets, txBytes: tx.bytes };
  }

  link(...args: string[]): void {
    run('ip', ['-n', this.near, 'link', ...args]);
  }

  close(): void {
    for (const netns of [this.near, this.far]) spawnSync('ip', ['netns', 'del', netns]);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** A UDP datagram to an address behind the near side that nobody has: the kernel drops it without an answer. */
export function udpFrame(i: number, payloadBytes: number, destinationPort = 9, vlan?: number): Buffer {
  const tag = vlan === undefined ? [] : [0x81, 0x00, vlan >> 8, vlan & 0xff];
  const frame = Buffer.alloc(14 + tag.length + 28 + payloadBytes);
  Buffer.from([2, 0, 0, 0, i, 0x0a, 2, 0, 0, 0, i, 0x0b, ...tag, 8, 0]).copy(frame);
  const ip = 14 + tag.length;
  frame.writeUInt16BE(0x4500, ip);
  frame.writeUInt16BE(28 + payloadBytes, ip + 2);
  frame.writeUInt16BE(0x4011, ip + 8);
  Buffer.from([10, 77, i, 2, 10, 77, i, 99]).copy(frame, ip + 12);
  let sum = 0;
  for (let at = ip; at < ip + 20; at += 2) sum += frame.readUInt16BE(at);
  sum = (sum & 0xffff) + (sum >>> 16);
  frame.writeUInt16BE(~(sum + (sum >>> 16)) & 0xffff, ip + 10);
  frame.writeUInt16BE(5000, ip + 20);
  frame.writeUInt16BE(destinationPort, ip + 22);
  frame.writeUInt16BE(8 + payloadBytes, ip + 24);
  frame.fill(0x5a, ip + 28);
  return frame;
}

function classicPcap(frames: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const parts: Uint8Array[] = [header];
  for (const frame of frames) {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    parts.push(record, frame);
  }
  return Buffer.concat(parts);
}
