// What the wall costs and how well it holds: the native helper and the analyzer's end of it with an engine that does nothing, on a wire
// of its own. Root, tcpreplay.   npm run bench:wall -- [10k,50k,…,top] [SECONDS]
// Not in `npm run bench`: it measures processes, by their CPU time, which other work on the machine disturbs least.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { syntheticFrames } from '../fixtures/synthetic-traffic.js';
import { notBuilt } from '../helper/native-helper.js';
import { notRoot, Wires } from '../helper/netns.js';
import type { WallCost } from './wall-reader.js';

const RATES = ['10k', '50k', '100k', '400k', 'top'];
const FRAMES = 50_000;
/** What is under way when the sender has ended. */
const SETTLE_MS = 300;
const READER = new URL('./wall-reader.js', import.meta.url).pathname;

const reason = notRoot || notBuilt;
if (reason !== false) {
  process.stderr.write(`bench:wall: ${reason}\n`);
  process.exit(77);
}
const [rates = RATES.join(','), seconds = '3'] = process.argv.slice(2);
const frames = syntheticFrames({ rows: FRAMES, flows: 10_000, payloadBytes: 600 });
const wires = new Wires(1);
const COLUMNS = ['packets/s', 'helper us', 'reader us', 'wakes/s', 'batches/s', 'wait ms', 'at most', 'lost %'];
process.stdout.write(`${['rate', ...COLUMNS].map((name) => name.padStart(11)).join('')}\n`);
try {
  for (const rate of rates.split(',')) await measure(rate, Number(seconds));
  process.stdout.write(
    'us: CPU a packet received; wakes: helper+reader; wait: of the oldest packet of a batch, median and longest\n',
  );
} finally {
  wires.close();
}

async function measure(rate: string, forS: number): Promise<void> {
  const reader = spawn('ip', ['netns', 'exec', wires.near, process.execPath, READER, 'a0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  reader.stdout.on('data', (chunk) => {
    text += chunk;
  });
  while (!text.startsWith('ready')) await wait(5);
  const pps = rate === 'top' ? 0 : Number.parseFloat(rate) * 1000;
  const startMs = performance.now();
  // At top speed nobody knows how many there will be: the sender is ended when its time is over.
  const sender = wires.startReplay(
    0,
    frames,
    pps,
    Math.max(1, Math.round((pps * forS) / FRAMES)) * (pps === 0 ? 1e6 : 1),
  );
  if (pps === 0) setTimeout(() => sender.kill('SIGINT'), forS * 1000);
  await once(sender, 'exit');
  const sentS = (performance.now() - startMs) / 1000;
  await wait(SETTLE_MS);
  reader.stdin.end();
  await once(reader, 'close');
  const cost = JSON.parse(text.trim().split('\n').at(-1)!) as WallCost;
  const { received, delivered, dropped } = cost;
  const aSecond = (count: number) => (count / sentS).toFixed(0);
  const row = [
    aSecond(received),
    (cost.helperUs / received).toFixed(3),
    (cost.readerUs / received).toFixed(3),
    `${aSecond(cost.helperWakes)}+${aSecond(cost.readerWakes)}`,
    aSecond(cost.batches),
    cost.middleWaitMs.toFixed(1),
    cost.longestWaitMs.toFixed(1),
    ((dropped / received) * 100).toFixed(2),
  ];
  process.stdout.write(`${[rate, ...row].map((value) => value.padStart(11)).join('')}\n`);
  if (received !== delivered + dropped) {
    process.stderr.write(`${received} received, ${delivered} delivered, ${dropped} dropped: the books do not close\n`);
    process.exitCode = 1;
  }
}
