#!/usr/bin/env node
// Starts the built program; says how to build it when it is not there.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('kaipo is not built yet: run "npm run build" in the project folder\n');
  process.exitCode = 69;
}
