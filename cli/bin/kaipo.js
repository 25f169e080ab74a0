#!/usr/bin/env node
// Starts the program: the bundle (.ci/bundle.mjs), which loads fastest, unless something was compiled or installed since it was
// made; then what is compiled, which is always right. Says how to build it when nothing is there.
import { existsSync, readFileSync, statSync } from 'node:fs';

// Paths, not URLs, and no file of its own for this: each would cost a millisecond.
const cli = `${import.meta.dirname}/..`;

function bundled() {
  try {
    const { folder, madeOf } = JSON.parse(readFileSync(`${cli}/bundle/current.json`, 'utf8'));
    return madeOf.every(([path, writtenMs]) => statSync(`${cli}/../${path}`).mtimeMs === writtenMs)
      ? `../bundle/${folder}/main.js`
      : undefined;
  } catch {
    return undefined;
  }
}

const main = bundled() ?? (existsSync(`${cli}/dist/main.js`) ? '../dist/main.js' : undefined);
if (main === undefined) {
  process.stderr.write('kaipo is not built yet: run "npm run build" in the project folder\n');
  process.exitCode = 69;
} else {
  await import(main);
}
