// A real Chromium without a screen. Owns: where it is found, and what it is told. Debian's, or another on PATH; nothing is downloaded.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const found = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((dir) => NAMES.map((name) => join(dir, name)))
  .find(isExecutable);

/** Why nothing can be tested in a browser here, or false. */
export const noChromium: string | false = found === undefined ? 'no Chromium on PATH: apt install chromium' : false;

export function launchChromium(): Promise<Browser> {
  // Root is not let into Chromium's sandbox; the pages are our own.
  const isRoot = process.geteuid?.() === 0;
  return chromium.launch({
    executablePath: found!,
    chromiumSandbox: !isRoot,
    args: ['--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  });
}
