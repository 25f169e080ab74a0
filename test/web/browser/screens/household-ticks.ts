// Intervals of one second of the household's evening, as the stream sends them: made up, for pictures.
import { seededRandom } from '../../../unit/store/store-fixtures.js';
import { HABITS, type Habit } from '../household.js';

const BUSY = 14;
const PORTS: Readonly<Record<string, number>> = { dns: 53, ssh: 22, http: 80, smb: 445, imap: 993, ntp: 123 };

/** @param lastTs seconds since the epoch; one interval a second until then. */
export function householdTicks(lastTs: number, count: number): object[] {
  const random = seededRandom(5);
  return Array.from({ length: count }, (_, i) => tickAt(lastTs - count + 1 + i, i, random));
}

function tickAt(ts: number, index: number, random: () => number): object {
  const rows = HABITS.slice(0, BUSY).map((one, rank) => {
    // Slow waves, each with its own length: an evening is never even.
    const wave = 1 + Math.sin(index / (9 + rank * 4) + rank * 2) * 0.8;
    const much = (wave * (0.4 + random())) / 8;
    return { one, rxBytes: Math.round(one.rx * much), txBytes: Math.round(one.tx * much) };
  });
  const sums = (name: string) => {
    const of = rows.filter(({ one }) => one.interface === name);
    return {
      ...{ name, up: true, captured: true, counted: true, class: 'physical', rxPackets: 0, txPackets: 0 },
      rxBytes: of.reduce((sum, { rxBytes }) => sum + rxBytes, 0),
      txBytes: of.reduce((sum, { txBytes }) => sum + txBytes, 0),
    };
  };
  const interfaces = [sums('wlan0'), sums('eth0')];
  const kernelBytes = interfaces.reduce((sum, { rxBytes, txBytes }) => sum + rxBytes + txBytes, 0);
  const protocols = [...new Set(rows.map(({ one }) => one.protocol))].map((name) => {
    const of = rows.filter(({ one }) => one.protocol === name);
    return {
      name,
      rxBytes: of.reduce((sum, { rxBytes }) => sum + rxBytes, 0),
      txBytes: of.reduce((sum, { txBytes }) => sum + txBytes, 0),
    };
  });
  return {
    ...{ type: 'tick', ts, mode: 'capture+events', intervalSeconds: 1, interfaces, protocols },
    capture: { received: 900, delivered: 900, droppedByKernel: 0, droppedByHelper: 0 },
    books: {
      ...{ kernelBytes, attributedBytes: kernelBytes - 1900, unknownBytes: 1900 },
      ...{ notCapturedBytes: 0, inFlightBytes: 0 },
    },
    apps: rows.map(({ one, ...bytes }, i) => ({
      app: one.app,
      pid: 1000 + i,
      user: one.user,
      quality: 'event',
      ...bytes,
    })),
    hosts: rows.map(({ one, ...bytes }) => ({
      ip: one.hosts[0]![0],
      name: one.hosts[0]![1],
      zone: one.zone,
      ...bytes,
    })),
    flows: rows.map(({ one, ...bytes }, i) => ({ id: `${i}`, ...flowOf(one, i), ...bytes })),
    ...{ alerts: [], recording: { state: 'recording' } },
  };
}

const flowOf = (one: Habit, i: number): object => ({
  transport: one.protocol === 'quic' || one.protocol === 'dns' ? 'udp' : 'tcp',
  local: { ip: '192.168.1.5', port: 40_000 + i },
  remote: { ip: one.hosts[0]![0], port: PORTS[one.protocol] ?? 443 },
  ...{ protocol: one.protocol, serverName: one.hosts[0]![1], app: one.app, interface: one.interface },
});
