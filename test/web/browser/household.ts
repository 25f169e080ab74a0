// The programs of a household's computer, made up: whom each talks to, how, and how much in a busy minute. Names and addresses are those
// set aside for examples.
import type { Zone } from '@kaipo/core/kernel/traffic-words.js';

export interface Habit {
  readonly app: string;
  readonly exe: string;
  readonly user: string;
  readonly unit?: string;
  readonly hosts: readonly (readonly [ip: string, name: string])[];
  readonly protocol: string;
  readonly zone: Zone;
  readonly interface: string;
  /** Bytes of a busy minute, received and sent. */
  readonly rx: number;
  readonly tx: number;
  /** How much of it goes on at night, 0 to 1. */
  readonly night: number;
}

export const habit = (app: string, rx: number, tx: number, rest: Partial<Habit> & Pick<Habit, 'hosts'>): Habit => ({
  ...{
    app,
    rx,
    tx,
    exe: `/usr/bin/${app}`,
    user: 'ada',
    protocol: 'tls',
    zone: 'internet',
    interface: 'wlan0',
    night: 0,
  },
  ...rest,
});

export const HABITS: readonly Habit[] = [
  habit('firefox', 2_400_000, 160_000, {
    exe: '/usr/lib/firefox/firefox',
    hosts: [
      ['203.0.113.7', 'www.example.com'],
      ['203.0.113.20', 'cdn.example.net'],
      ['2001:db8:12::7', 'img.example.org'],
    ],
    protocol: 'quic',
  }),
  habit('vlc', 5_100_000, 60_000, { hosts: [['198.51.100.40', 'video.example.net']], interface: 'eth0' }),
  habit('restic', 30_000, 2_200_000, {
    hosts: [['198.51.100.99', 'backup.example.org']],
    ...{ user: 'root', unit: 'restic-backup.service', interface: 'eth0', night: 1 },
  }),
  habit('spotify', 320_000, 8000, { hosts: [['203.0.113.60', 'audio.example.com']] }),
  habit('thunderbird', 40_000, 21_000, { hosts: [['203.0.113.80', 'mail.example.org']], protocol: 'imap' }),
  habit('ssh', 24_000, 36_000, { hosts: [['192.168.1.20', 'nas.home.arpa']], protocol: 'ssh', zone: 'lan' }),
  habit('smbd', 700_000, 900_000, {
    hosts: [['192.168.1.31', 'laptop.home.arpa']],
    ...{ user: 'root', unit: 'smbd.service', protocol: 'smb', zone: 'lan', interface: 'eth0', night: 0.2 },
  }),
  habit('systemd-resolved', 9000, 6000, {
    hosts: [['192.168.1.1', 'router.home.arpa']],
    ...{ user: 'systemd-resolve', unit: 'systemd-resolved.service', protocol: 'dns', zone: 'lan', night: 0.5 },
  }),
  habit('apt', 260_000, 4000, {
    hosts: [['203.0.113.120', 'deb.example.org']],
    protocol: 'http',
    user: 'root',
    night: 0.3,
  }),
  habit('chronyd', 300, 300, {
    hosts: [['203.0.113.123', 'time.example.org']],
    protocol: 'ntp',
    user: '_chrony',
    night: 1,
  }),
  ...Array.from({ length: 40 }, (_, i) =>
    habit(`helper-${i + 1}`, 6000 - 140 * i, 900, {
      hosts: [[`198.51.100.${100 + i}`, `node-${i + 1}.example.net`]],
      night: 0.4,
      interface: i % 2 === 0 ? 'eth0' : 'wlan0',
    }),
  ),
];
