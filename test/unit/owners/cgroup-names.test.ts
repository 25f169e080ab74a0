import assert from 'node:assert/strict';
import test from 'node:test';
import { cgroupNames } from '@kaipo/core/owners/cgroup-names.js';

const ID = '0123456789abcdef'.repeat(4);

const CASES: readonly [string, string, object][] = [
  ['a service', '0::/system.slice/nginx.service', { unit: 'nginx.service' }],
  ['a login session', '0::/user.slice/user-1000.slice/session-3.scope', { unit: 'session-3.scope' }],
  [
    "a user's application",
    '0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-4711.scope',
    { unit: 'app-gnome-firefox-4711.scope' },
  ],
  ['a cgroup below a service', '0::/system.slice/foo.service/worker/1', { unit: 'foo.service' }],
  ['an escaped name', '0::/system.slice/my\\x2dapp.service', { unit: 'my-app.service' }],
  [
    'docker, systemd driver',
    `0::/system.slice/docker-${ID}.scope`,
    { unit: `docker-${ID}.scope`, container: 'docker:0123456789ab' },
  ],
  [
    'docker, cgroupfs driver, version 1',
    `5:cpu:/docker/${ID}\n1:name=systemd:/docker/${ID}`,
    { container: 'docker:0123456789ab' },
  ],
  [
    'podman',
    `0::/machine.slice/libpod-${ID}.scope/container`,
    { unit: `libpod-${ID}.scope`, container: 'podman:0123456789ab' },
  ],
  [
    'kubernetes with containerd',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-${ID}.scope`,
    { unit: `cri-containerd-${ID}.scope`, container: 'containerd:0123456789ab' },
  ],
  ['kubernetes, cgroupfs driver', `0::/kubepods/burstable/pod1/${ID}`, { container: 'kubepods:0123456789ab' }],
  [
    'kubernetes, the uid of the pod',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1b2c3d4e_0000_4000_8000_0123456789ab.slice/crio-${ID}.scope`,
    { unit: `crio-${ID}.scope`, container: 'crio:0123456789ab', pod: '1b2c3d4e-0000-4000-8000-0123456789ab' },
  ],
  [
    'kubernetes, cgroupfs driver, the uid of the pod',
    `0::/kubepods/burstable/pod1b2c3d4e-0000-4000-8000-0123456789ab/${ID}`,
    { container: 'kubepods:0123456789ab', pod: '1b2c3d4e-0000-4000-8000-0123456789ab' },
  ],
  [
    'docker in docker',
    `0::/docker/${ID}/docker/${'fedcba9876543210'.repeat(4)}`,
    { container: 'docker:0123456789ab/fedcba987654' },
  ],
  [
    'podman without root',
    `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`,
    { unit: `libpod-${ID}.scope`, container: 'podman:0123456789ab' },
  ],
  [
    'the monitor of podman is in no container',
    `0::/machine.slice/libpod-conmon-${ID}.scope`,
    { unit: `libpod-conmon-${ID}.scope` },
  ],
  [
    'systemd-nspawn',
    '0::/machine.slice/systemd-nspawn@web.service/payload',
    { unit: 'systemd-nspawn@web.service', container: 'nspawn:web' },
  ],
  [
    'a virtual machine',
    '0::/machine.slice/machine-qemu\\x2d3\\x2dvm1.scope/libvirt/emulator',
    { unit: 'machine-qemu-3-vm1.scope', container: 'qemu:vm1' },
  ],
  ['lxc', '0::/lxc.payload.web1/system.slice/ssh.service', { unit: 'ssh.service', container: 'lxc:web1' }],
  [
    'snap',
    '0::/user.slice/user-1000.slice/user@1000.service/app.slice/snap.firefox.firefox-1234.scope',
    { unit: 'snap.firefox.firefox-1234.scope', container: 'snap:firefox' },
  ],
  [
    'flatpak',
    '0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-flatpak-org.mozilla.firefox-4242.scope',
    { unit: 'app-flatpak-org.mozilla.firefox-4242.scope', container: 'flatpak:org.mozilla.firefox' },
  ],
  ['the root', '0::/', {}],
  ['nothing', '', {}],
  ['garbage', 'no colons at all\n::::\n', {}],
];

for (const [name, text, expected] of CASES) {
  test(name, () => assert.deepEqual(cgroupNames(text), expected));
}

test('names are bounded and safe, and a long path ends', () => {
  const { unit } = cgroupNames(`0::/system.slice/${'a'.repeat(1000)}\u001b[2J.service`);
  assert.ok(unit !== undefined && unit.length <= 128 && !unit.includes('\u001b'));
  const started = performance.now();
  for (const unitLike of [
    '/a.service'.repeat(400),
    '/'.repeat(4096),
    `/${'.service'.repeat(500)}`,
    '/snap.a'.repeat(500),
  ]) {
    cgroupNames(`0::${unitLike}`);
  }
  assert.ok(performance.now() - started < 1000);
});
