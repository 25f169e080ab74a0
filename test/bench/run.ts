// `npm run bench [WORD]`: prints nanoseconds a unit and units a second of every benchmark whose file has WORD in its name.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, measure } from './measure.js';

const word = process.argv[2] ?? '';
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.bench.js') && name.includes(word))
  .sort();
process.stdout.write(
  `${'benchmark'.padEnd(34)}${'unit'.padEnd(10)}${'ns a unit'.padStart(12)}${'units a second'.padStart(18)}\n`,
);
for (const file of files) {
  const path = join(import.meta.dirname, file);
  // A file without a `bench` measures by itself and is run on its own.
  if (!readFileSync(path, 'utf8').includes('export const bench')) continue;
  const { bench } = (await import(path)) as { bench: Bench };
  const { name, unit, nsPerUnit, unitsPerSecond } = measure(bench);
  const rate = Math.round(unitsPerSecond).toLocaleString('en');
  process.stdout.write(
    `${name.padEnd(34)}${unit.padEnd(10)}${nsPerUnit.toFixed(1).padStart(12)}${rate.padStart(18)}\n`,
  );
}
