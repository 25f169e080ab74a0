// How long a key takes to reach the screen of `kaipo live` while packets arrive, and what a picture costs: the real program in a real
// pseudo-terminal and emulator, in a namespace of its own. Root, tcpreplay.   npm run bench:keys -- [0,10k,100k] [KEYS]
// Each key changes the theme, which is said in the last line: the time from the key to the emulator having that line.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { syntheticFrames } from '../fixtures/synthetic-traffic.js';
import { notBuilt } from '../helper/native-helper.js';
import { notRoot, Wires } from '../helper/netns.js';
import { TerminalSession } from '../tui/terminal-session.js';

const RATES = ['0', '10k', '100k'];
const FRAMES = 50_000;
const KAIPO = new URL('../../../cli/bin/kaipo.js', import.meta.url).pathname;
/** Not a part of the interval of drawing, so that keys meet every moment of it. */
const BETWEEN_KEYS_MS = 173;

const reason = notRoot || notBuilt;
if (reason !== false) {
  process.stderr.write(`bench:keys: ${reason}\n`);
  process.exit(77);
}
const [rates = RATES.join(','), keys = '150'] = process.argv.slice(2);
const frames = syntheticFrames({ rows: FRAMES, flows: 10_000, payloadBytes: 600 });
const wires = new Wires(1);
const COLUMNS = ['keys', 'p50 ms', 'p90 ms', 'p99 ms', 'most ms'];
process.stdout.write(`${['rate', ...COLUMNS].map((name) => name.padStart(10)).join('')}\n`);
try {
  for (const rate of rates.split(',')) await measure(rate, Number(keys));
} finally {
  wires.close();
}

async function measure(rate: string, count: number): Promise<void> {
  const command = `ip netns exec ${wires.near} '${process.execPath}' '${KAIPO}' live -i a0 --no-record`;
  const session = new TerminalSession({ columns: 160, rows: 50, command });
  try {
    await session.waitForText('Throughput');
    const pps = Number.parseFloat(rate) * 1000;
    const sender = pps === 0 ? undefined : wires.startReplay(0, frames, pps, 1_000_000);
    // Until it flows.
    if (pps > 0)
      await session.waitFor('packets', () => /[1-9][\d.]* k? ?pkt\/s|\d{4} pkt\/s/.test(session.screen()[0] ?? ''));
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      times.push(await timeOfKey(session));
      await wait(BETWEEN_KEYS_MS);
    }
    if (sender !== undefined) {
      sender.kill('SIGINT');
      await once(sender, 'exit');
    }
    session.type('q');
    await session.waitForEnd();
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
    const row = [rate, String(count), ...[0.5, 0.9, 0.99, 1].map((share) => at(share).toFixed(1))];
    process.stdout.write(`${row.map((cell) => cell.padStart(10)).join('')}\n`);
  } finally {
    await session.dispose();
  }
}

function timeOfKey(session: TerminalSession): Promise<number> {
  const { terminal } = session;
  const lastLine = () => terminal.buffer.active.getLine(terminal.rows - 1)?.translateToString(true) ?? '';
  const before = lastLine();
  const begun = performance.now();
  return new Promise((resolve) => {
    const listening = terminal.onWriteParsed(() => {
      if (lastLine() === before) return;
      listening.dispose();
      resolve(performance.now() - begun);
    });
    session.type('T');
  });
}
