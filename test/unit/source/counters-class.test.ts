import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { classifyInterfaces } from '@kaipo/core/source/classify-interfaces.js';
import { countedInterfaces } from '@kaipo/core/source/counted-interfaces.js';
import { ProcCounters } from '@kaipo/core/source/counters-proc.js';
import type { ClassifiedInterface } from '@kaipo/core/source/interface-class.js';
import { classifyByName } from '@kaipo/core/source/interface-name-class.js';

interface Link {
  readonly type?: number;
  readonly devtype?: string;
  readonly flags?: number;
  readonly iflink?: number;
  readonly tun?: number;
  readonly speed?: number;
  readonly master?: string;
  readonly lowers?: readonly string[];
  /** Folders and links that tell a driver: `device`, `bridge`, `bonding`. */
  readonly has?: readonly string[];
}

/** A folder like /sys/class/net. */
class FakeSys {
  readonly path = mkdtempSync(join(tmpdir(), 'kaipo-sys-'));
  #next = 1;

  constructor(links: Readonly<Record<string, Link>>) {
    for (const [name, link] of Object.entries(links)) this.add(name, link);
    writeFileSync(join(this.path, 'bonding_masters'), 'bond0\n');
  }

  add(name: string, link: Link): void {
    const folder = join(this.path, name);
    mkdirSync(folder);
    const ifindex = this.#next++;
    const write = (file: string, value: string | number): void => writeFileSync(join(folder, file), `${value}\n`);
    write('ifindex', ifindex);
    write('iflink', link.iflink ?? ifindex);
    write('type', link.type ?? 1);
    write('flags', `0x${(link.flags ?? 0x1003).toString(16)}`);
    write('operstate', 'up');
    write('carrier_changes', 1);
    write('speed', link.speed ?? -1);
    write(
      'uevent',
      `${link.devtype === undefined ? '' : `DEVTYPE=${link.devtype}\n`}INTERFACE=${name}\nIFINDEX=${ifindex}`,
    );
    if (link.tun !== undefined) write('tun_flags', `0x${link.tun.toString(16)}`);
    for (const entry of link.has ?? []) mkdirSync(join(folder, entry));
    if (link.master !== undefined) symlinkSync(`../${link.master}`, join(folder, 'master'));
    for (const lower of link.lowers ?? []) symlinkSync(`../${lower}`, join(folder, `lower_${lower}`));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

function classified(links: Readonly<Record<string, Link>>): ClassifiedInterface[] {
  const sys = new FakeSys(links);
  try {
    return classifyInterfaces(sys.path);
  } finally {
    sys[Symbol.dispose]();
  }
}

const counted = (links: Readonly<Record<string, Link>>, wanted: readonly string[] | 'auto' = 'auto'): string[] =>
  [...countedInterfaces(classified(links), wanted)].sort();

const LO: Link = { type: 772, flags: 9 };
const NIC: Link = { has: ['device'] };
const WG: Link = { type: 65534, devtype: 'wireguard', flags: 0x10d1 };

test('what carries an interface', () => {
  const expected: Record<string, [string, Link]> = {
    lo: ['loopback', LO],
    eth0: ['physical', { ...NIC, speed: 1000 }],
    wlan0: ['physical', { devtype: 'wlan', has: ['device', 'phy80211'] }],
    wwan0: ['physical', { type: 65534, devtype: 'wwan' }],
    usb0: ['physical', { type: 65534, has: ['device'] }],
    mon0: ['virtual', { type: 803, devtype: 'wlan', has: ['device'] }],
    br0: ['bridge', { devtype: 'bridge', has: ['bridge', 'brif'] }],
    'ovs-system': ['bridge', { devtype: 'openvswitch' }],
    bond0: ['bond', { devtype: 'bond', has: ['bonding'], speed: 2000 }],
    team0: ['bond', { lowers: ['eth5'] }],
    eth5: ['physical', { ...NIC, master: 'team0' }],
    'eth0.7': ['vlan', { devtype: 'vlan', lowers: ['eth0'] }],
    tun0: ['tunnel', { type: 65534, tun: 0x1001 }],
    tap0: ['virtual', { tun: 0x1002 }],
    wg0: ['tunnel', WG],
    gre0: ['tunnel', { type: 778 }],
    sit0: ['tunnel', { type: 776 }],
    ip6tnl0: ['tunnel', { type: 769 }],
    tunl0: ['tunnel', { type: 768 }],
    ppp0: ['tunnel', { type: 512, devtype: 'ppp' }],
    gretap0: ['tunnel', {}],
    vx0: ['tunnel', { devtype: 'vxlan' }],
    gnv0: ['tunnel', { devtype: 'geneve' }],
    veth0: ['virtual', { iflink: 99 }],
    mac0: ['virtual', { devtype: 'macvlan', lowers: ['eth0'] }],
    vrf0: ['virtual', { devtype: 'vrf', lowers: ['veth0'] }],
    lan1: ['virtual', { devtype: 'dsa', has: ['device'], lowers: ['eth0'] }],
    ifb0: ['virtual', { flags: 0x82 }],
    dummy0: ['virtual', { flags: 0x83 }],
  };
  const links = classified(Object.fromEntries(Object.entries(expected).map(([name, [, link]]) => [name, link])));
  assert.deepEqual(
    Object.fromEntries(links.map((link) => [link.name, link.class])),
    Object.fromEntries(Object.entries(expected).map(([name, [itsClass]]) => [name, itsClass])),
  );
  assert.deepEqual(
    links.filter((link) => link.isCopy === true).map((link) => link.name),
    ['dummy0', 'ifb0', 'mon0', 'vrf0'],
  );
  const eth0 = links.find((link) => link.name === 'eth0')!;
  assert.deepEqual([eth0.speedMbit, eth0.up, eth0.carrierChanges, typeof eth0.ifindex], [1000, true, 1, 'number']);
  assert.ok(!('speedMbit' in links.find((link) => link.name === 'veth0')!));
  assert.deepEqual(classifyInterfaces('/nowhere'), []);
});

test('auto: the physical ones, whatever lies on them', () => {
  const host: Record<string, Link> = {
    lo: LO,
    eth0: { ...NIC, master: 'bond0' },
    eth1: { ...NIC, master: 'bond0' },
    bond0: { has: ['bonding'], lowers: ['eth0', 'eth1'], master: 'br0' },
    br0: { has: ['bridge'], lowers: ['bond0', 'tap0', 'veth1'] },
    'br0.5': { devtype: 'vlan', lowers: ['br0'] },
    tap0: { tun: 0x1002, master: 'br0' },
    veth1: { iflink: 2, master: 'br0' },
    docker0: { has: ['bridge'], lowers: ['veth2'] },
    veth2: { iflink: 4, master: 'docker0' },
    wg0: WG,
    ppp0: { type: 512, devtype: 'ppp' },
    wlan0: NIC,
    mon0: { type: 803, has: ['device'] },
    ifb0: { flags: 0x82 },
  };
  assert.deepEqual(counted(host), ['eth0', 'eth1', 'wlan0']);
  assert.deepEqual(counted(host, ['br0', 'wg0']), ['br0']);
  assert.deepEqual(counted(host, ['bond0', 'eth1', 'br0.5', 'wg0', 'ppp0']), ['eth1']);
  assert.deepEqual(counted(host, ['wg0']), ['wg0']);
  assert.deepEqual(counted(host, ['wg0', 'docker0']), ['docker0', 'wg0']);
  assert.deepEqual(counted(host, ['wg0', 'ppp0']), ['ppp0']);
  assert.deepEqual(counted(host, ['lo']), ['lo']);
  assert.deepEqual(counted(host, ['ifb0', 'eth0']), ['eth0']);
  assert.deepEqual(counted(host, ['gone0']), []);
});

test("a virtual machine's NIC and its accelerated path are one, and so are a switch chip and its ports", () => {
  const azure: Record<string, Link> = { eth0: { ...NIC, lowers: ['enP1'] }, enP1: { ...NIC, master: 'eth0' } };
  assert.deepEqual(counted(azure), ['eth0']);
  assert.deepEqual(counted(azure, ['eth0', 'enP1']), ['eth0']);
  assert.deepEqual(counted(azure, ['enP1']), ['enP1']);
  const router: Record<string, Link> = {
    eth0: NIC,
    wan: { devtype: 'dsa', has: ['device'], lowers: ['eth0'] },
    lan1: { devtype: 'dsa', has: ['device'], lowers: ['eth0'], master: 'br-lan' },
    'br-lan': { has: ['bridge'], lowers: ['lan1'] },
  };
  assert.deepEqual(counted(router), ['eth0']);
  assert.deepEqual(counted(router, ['wan']), ['wan']);
});

test('auto without a physical one: what leads out of a container or a namespace', () => {
  const container: Record<string, Link> = { lo: LO, eth0: { iflink: 77 }, wg0: WG };
  assert.deepEqual(counted(container), ['eth0']);
  const inner: Record<string, Link> = {
    ...container,
    docker0: { has: ['bridge'], lowers: ['veth1'] },
    veth1: { iflink: 2, master: 'docker0' },
    tap0: { tun: 0x1002 },
  };
  assert.deepEqual(counted(inner), ['eth0']);
  assert.deepEqual(counted({ lo: LO, tap0: { tun: 0x1002 } }), ['tap0']);
  assert.deepEqual(counted({ lo: LO, wg0: WG }), ['wg0']);
  assert.deepEqual(counted({ lo: LO }), []);
  // One port: that is the way out. Several: the bridge has the bytes of this host.
  const bridged = (ports: readonly string[]): Record<string, Link> => ({
    br0: { has: ['bridge'], lowers: ports },
    ...Object.fromEntries(ports.map((port) => [port, { iflink: 50, master: 'br0' }])),
  });
  assert.deepEqual(counted(bridged(['eth0'])), ['eth0']);
  assert.deepEqual(counted({ ...bridged(['eth0', 'eth1']), wg0: WG }), ['br0']);
});

test('both ends of a pair in one namespace are one wire', () => {
  const pair: Record<string, Link> = { a: { iflink: 2 }, b: { iflink: 1 } };
  assert.deepEqual(counted(pair), ['a']);
  assert.deepEqual(counted(pair, ['a', 'b']), ['a']);
  assert.deepEqual(counted({ ...pair, eth0: { iflink: 9 } }), ['eth0']);
});

test('a tunnel bound to an interface lies on it', () => {
  const links: Record<string, Link> = {
    d0: { iflink: 40, master: 'br0' },
    br0: { has: ['bridge'], lowers: ['d0'] },
    vx0: { devtype: 'vxlan', iflink: 2 },
    eth9: NIC,
  };
  assert.deepEqual(counted(links, ['vx0', 'd0']), ['d0']);
  assert.deepEqual(counted(links, ['vx0', 'br0']), ['br0']);
});

test('where the kernel does not tell: names of macOS, the BSDs and Windows', () => {
  const classes = Object.fromEntries(
    'lo0 en0 en12 awdl0 llw0 utun3 bridge0 gif0 stf0 ap1 anpi0 em0 igb1 vtnet0 bond0 vlan5 ppp0 Ethernet Wi-Fi'
      .split(' ')
      .map((name) => [name, classifyByName(name).class]),
  );
  assert.deepEqual(classes, {
    lo0: 'loopback',
    en0: 'physical',
    en12: 'physical',
    awdl0: 'virtual',
    llw0: 'virtual',
    utun3: 'tunnel',
    bridge0: 'bridge',
    gif0: 'tunnel',
    stf0: 'tunnel',
    ap1: 'virtual',
    anpi0: 'virtual',
    em0: 'physical',
    igb1: 'physical',
    vtnet0: 'physical',
    bond0: 'bond',
    vlan5: 'vlan',
    ppp0: 'tunnel',
    Ethernet: 'physical',
    'Wi-Fi': 'physical',
  });
  const mac = ['lo0', 'awdl0', 'llw0'].map((name) => ({ name, up: true, ...classifyByName(name) }));
  assert.deepEqual([...countedInterfaces(mac, 'auto')], []);
  assert.equal(classifyByName('Loopback Pseudo-Interface 1').class, 'loopback');
  assert.equal(classifyByName('vEthernet (WSL)').class, 'virtual');
});

test('a reading knows class and choice, and sees an interface that is made anew, moved or selected', () => {
  const sys = new FakeSys({ lo: LO, eth0: { ...NIC, speed: 100 }, br0: { has: ['bridge'] } });
  try {
    const dev = join(sys.path, 'bonding_masters');
    writeFileSync(
      dev,
      `heading\nheading\n${['lo', 'eth0', 'br0'].map((name) => `${name}: ${'1 '.repeat(16)}\n`).join('')}`,
    );
    const source = new ProcCounters('auto', { procNetDev: dev, sysClassNet: sys.path });
    const short = () => source.readNow().map((row) => `${row.name} ${row.class} ${row.counted} ${row.ifindex}`);
    assert.deepEqual(short(), ['lo loopback false 1', 'eth0 physical true 2', 'br0 bridge false 3']);
    source.select(['br0']);
    assert.deepEqual(short(), ['lo loopback false 1', 'eth0 physical false 2', 'br0 bridge true 3']);
    rmSync(join(sys.path, 'eth0'), { recursive: true });
    // Another folder takes the old one's place: in the kernel an inode is never given twice.
    mkdirSync(join(sys.path, 'placeholder'));
    sys.add('eth0', { iflink: 70 });
    assert.equal(short()[1], 'eth0 virtual false 4');
  } finally {
    sys[Symbol.dispose]();
  }
});
