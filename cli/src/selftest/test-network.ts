// The network of one selftest: three namespaces, `near` (where kaipo records), `far` (the other side) and `inner` (a container whose
// way out is near). Owns: names, addresses, and that all of it is gone afterwards, also what a killed run left. Needs root.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemTool } from '@kaipo/capture-helper/launch/index.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';

const PREFIX = 'kpst';
const NAME = new RegExp(`^${PREFIX}(\\d+)[abc]$`);
const FAR_MAC = '02:00:00:00:0c:02';
/** IPv6 tells its groups twice when an interface comes up. */
const GROUP_REPORTS = 2;
const SETTLE_MS = 2000;
const NEAR_MAC = '02:00:00:00:0c:01';
/** Further addresses of the far side, for what has no ports (workload.h). */
const FAR_HOSTS = [10, 11, 12, 13];

interface Counters {
  readonly rx: { readonly packets: number; readonly bytes: number };
  readonly tx: { readonly packets: number; readonly bytes: number };
}

export class TestNetwork {
  /** What leaves near goes through here. */
  static readonly uplink = 'kpup0';
  static readonly addresses = {
    server4: '10.203.0.2',
    server6: 'fd00:203::2',
    local4: '10.203.0.1',
    local6: 'fd00:203::1',
    inner4: '10.204.0.2',
    inner6: 'fd00:204::2',
    serverMac: FAR_MAC,
  } as const;
  readonly near = `${PREFIX}${process.pid}a`;
  readonly far = `${PREFIX}${process.pid}b`;
  readonly inner = `${PREFIX}${process.pid}c`;
  /** Why flows of `inner` keep their addresses; undefined: they are translated. */
  #natProblem: string | undefined;

  get natProblem(): string | undefined {
    return this.#natProblem;
  }

  /** Resolves when the wire is quiet. Raises KAIPO_HELPER_MISSING when a tool or a right is missing. */
  async open(): Promise<void> {
    sweep();
    for (const name of [this.near, this.far, this.inner]) {
      ip('netns', 'add', name);
      // Nothing but the workload speaks: no neighbour discovery, no router solicitation, no addresses of the kernel's choice.
      this.#sysctl(name, 'net.ipv6.conf.default.accept_dad=0', 'net.ipv6.conf.default.router_solicitations=0');
      this.#sysctl(name, 'net.ipv6.conf.default.addr_gen_mode=1', 'net.ipv4.ping_group_range=0 2147483647');
      this.#sysctl(name, 'net.ipv6.conf.default.mldv2_unsolicited_report_interval=1');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    this.#connect();
    this.#connectInner();
    await this.#quiet();
  }

  /** The command line that runs something in a namespace. */
  within(name: string, ...argv: readonly string[]): string[] {
    return [ipTool(), 'netns', 'exec', name, ...argv];
  }

  /** Bytes on the uplink as the kernel counts them. */
  countedBytes(): number {
    const { rx, tx } = this.#counters();
    return rx.bytes + tx.bytes;
  }

  /** Kills what still runs in there; safe to call twice, and before `open`. */
  close(): void {
    for (const name of [this.inner, this.near, this.far]) remove(name);
  }

  #counters(): Counters {
    const [link] = JSON.parse(ip('-n', this.near, '-s', '-j', 'link', 'show', TestNetwork.uplink));
    return link.stats64;
  }

  /** What the kernels of both sides say when an interface comes up has been said. A kernel that says less is not waited for. */
  async #quiet(): Promise<void> {
    const untilMs = performance.now() + SETTLE_MS;
    const hasSpoken = (): boolean => {
      const { rx, tx } = this.#counters();
      return rx.packets >= GROUP_REPORTS && tx.packets >= GROUP_REPORTS;
    };
    while (!hasSpoken() && performance.now() < untilMs) await sleep(20);
  }

  #connect(): void {
    const { uplink, addresses } = TestNetwork;
    ip('-n', this.near, 'link', 'add', uplink, 'type', 'veth', 'peer', 'name', 'kpup1', 'netns', this.far);
    const [near, far] = [
      [this.near, uplink, NEAR_MAC],
      [this.far, 'kpup1', FAR_MAC],
    ] as const;
    for (const [name, device, mac] of [near, far]) ip('-n', name, 'link', 'set', device, 'address', mac, 'up');
    address(this.near, uplink, addresses.local4, addresses.local6);
    address(this.far, 'kpup1', addresses.server4, addresses.server6);
    for (const host of FAR_HOSTS) {
      ip('-n', this.far, 'addr', 'add', `10.203.0.${host}/24`, 'dev', 'kpup1');
      // Not preferred: the server answers from the address it was asked at.
      ip(
        '-n',
        this.far,
        'addr',
        'add',
        `fd00:203::${host.toString(16)}/64`,
        'dev',
        'kpup1',
        'nodad',
        'preferred_lft',
        '0',
      );
    }
    const farIps = FAR_HOSTS.flatMap((host) => [`10.203.0.${host}`, `fd00:203::${host.toString(16)}`]);
    neighbours(this.near, uplink, FAR_MAC, [addresses.server4, addresses.server6, ...farIps]);
    neighbours(this.far, 'kpup1', NEAR_MAC, [addresses.local4, addresses.local6]);
  }

  #connectInner(): void {
    const { addresses, uplink } = TestNetwork;
    ip('-n', this.near, 'link', 'add', 'kpin0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.inner);
    ip('-n', this.near, 'link', 'set', 'kpin0', 'up');
    ip('-n', this.inner, 'link', 'set', 'eth0', 'up');
    ip('-n', this.near, 'addr', 'add', '10.204.0.1/24', 'dev', 'kpin0');
    ip('-n', this.inner, 'addr', 'add', `${addresses.inner4}/24`, 'dev', 'eth0');
    ip('-n', this.inner, 'route', 'add', 'default', 'via', '10.204.0.1');
    ip('-n', this.far, 'route', 'add', '10.204.0.0/24', 'via', addresses.local4);
    this.#sysctl(this.near, 'net.ipv4.ip_forward=1');
    const rules = `table ip kaipo {
      chain out {
        type nat hook postrouting priority 100
        oifname "${uplink}" ip saddr 10.204.0.0/24 masquerade
      }
    }`;
    const nft = systemTool('nft');
    if (nft === undefined) {
      this.#natProblem = 'nft is not installed';
      return;
    }
    const [program, ...argv] = this.within(this.near, nft, '-f', '-');
    const result = spawnSync(program as string, argv, { input: rules, encoding: 'utf8' });
    if (result.status !== 0) this.#natProblem = result.stderr.trim().split('\n')[0] ?? 'nft failed';
  }

  #sysctl(name: string, ...settings: readonly string[]): void {
    for (const setting of settings) {
      const [key, value] = setting.split('=') as [string, string];
      const path = `/proc/sys/${key.replaceAll('.', '/')}`;
      const [program, ...argv] = this.within(name, 'sh', '-c', 'printf %s "$1" > "$2"', 'sh', value, path);
      run(program as string, argv);
    }
  }
}

function address(name: string, device: string, v4: string, v6: string): void {
  ip('-n', name, 'addr', 'add', `${v4}/24`, 'dev', device);
  ip('-n', name, 'addr', 'add', `${v6}/64`, 'dev', device, 'nodad');
}

function neighbours(name: string, device: string, mac: string, ips: readonly string[]): void {
  for (const each of ips) ip('-n', name, 'neigh', 'replace', each, 'lladdr', mac, 'dev', device, 'nud', 'permanent');
}

/** Takes away what runs that were killed have left. */
function sweep(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const name = line.split(' ')[0] ?? '';
    const pid = Number(NAME.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isNaN(pid) && !isSelftest(pid)) remove(name);
  }
}

/** Does a run of this pid go on? */
export function isSelftest(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('selftest');
  } catch {
    return false;
  }
}

function remove(name: string): void {
  const pids = spawnSync(ipTool(), ['netns', 'pids', name], { encoding: 'utf8' });
  if (pids.status !== 0) return;
  for (const pid of pids.stdout.split('\n').filter(Boolean).map(Number)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  spawnSync(ipTool(), ['netns', 'del', name]);
}

function ipTool(): string {
  const tool = systemTool('ip');
  if (tool === undefined)
    throw new KaipoError('KAIPO_HELPER_MISSING', 'the selftest needs the program ip', 'apt install iproute2');
  return tool;
}

const ip = (...argv: readonly string[]): string => run(ipTool(), argv);

function run(program: string, argv: readonly string[]): string {
  const result = spawnSync(program, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status === 0) return result.stdout;
  const why = result.error?.message ?? result.stderr.trim();
  throw new KaipoError('KAIPO_HELPER_MISSING', `the network of the selftest cannot be made: ${argv.join(' ')}: ${why}`);
}
