// `npm run soak:noise [PACKETS]`: flows of random payload through all plugins. Fewer than 1 in 100,000 may be named by inspection.
// Prints what was named, and the share; exit 1 when it is too much.
import { runNoise } from '../fixtures/noise-run.js';

const MAX_SHARE = 1e-5;
const packets = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 20_260_101);
const { flows, packets: sent, named } = runNoise(packets, seed);
const counts = new Map<string, number>();
for (const name of named) counts.set(name, (counts.get(name) ?? 0) + 1);
for (const [name, count] of [...counts].sort((a, b) => b[1] - a[1])) process.stdout.write(`${count} x ${name}\n`);
const share = named.length / flows;
process.stdout.write(
  `${sent} packets, ${flows} flows, ${named.length} named: ${share.toExponential(2)} (at most ${MAX_SHARE})\n`,
);
process.exitCode = share <= MAX_SHARE ? 0 : 1;
