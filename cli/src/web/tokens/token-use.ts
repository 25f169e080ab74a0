// The day on which each token was used last: a file beside the tokens, written by servers only, so that it never stands in the way of a
// command that changes them. Owns its form. Bound: one line a token there is. What cannot be read or written is not known, no error.
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { TokenEntry } from './token-file.js';

const MAX_BYTES = 65_536;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const useFile = (tokensFile: string): string => tokensFile.replace(/(\.json)?$/, '.used.json');
/** Enough to tell tokens apart, too little to be one. */
const shortOf = (sha256: string): string => sha256.slice(0, 16);

/** Day (UTC) of the last use by SHA-256. */
export function lastUses(tokensFile: string, tokens: readonly TokenEntry[]): ReadonlyMap<string, string> {
  const uses = new Map<string, string>();
  try {
    const path = useFile(tokensFile);
    if (statSync(path).size > MAX_BYTES) return uses;
    const days = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    for (const { sha256 } of tokens) {
      const day = days[shortOf(sha256)];
      if (typeof day === 'string' && DAY.test(day)) uses.set(sha256, day);
    }
  } catch {
    // Never used, or not to be known.
  }
  return uses;
}

export function noteTokenUse(tokensFile: string, tokens: readonly TokenEntry[], sha256: string, day: string): void {
  const path = useFile(tokensFile);
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const days = new Map(lastUses(tokensFile, tokens)).set(sha256, day);
    const document = Object.fromEntries([...days].map(([digest, used]) => [shortOf(digest), used]));
    writeFileSync(beside, `${JSON.stringify(document)}\n`, { mode: 0o600 });
    renameSync(beside, path);
  } catch {
    rmSync(beside, { force: true });
  }
}
