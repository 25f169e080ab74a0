// `kaipo token add|list|remove`: who may use the web server from afar. Owns what is said; the file is cli/src/web/tokens. A token is shown
// once, when it is made; nothing that is kept can show it again.
import { randomBytes } from 'node:crypto';
import { parseDuration } from '@kaipo/core/config/config-units.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { localText } from '@kaipo/core/query/time-range.js';
import type { DataOptions } from '../command-line/command-line.js';
import { alignedTable } from '../output/aligned-table.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { loadSettings } from '../settings/settings.js';
import {
  changeTokens,
  MAX_TOKENS,
  readTokens,
  TOKEN_NAME,
  type TokenEntry,
  tokenDigest,
  tokensFile,
} from '../web/tokens/token-file.js';
import { lastUses } from '../web/tokens/token-use.js';

export interface TokenAddOptions extends DataOptions {
  readonly isReadOnly: boolean;
  /** "90d"; absent: it holds until it is removed. */
  readonly expires?: string;
}

const RANDOM_BYTES = 32;
const US_PER_S = 1_000_000;
const MAX_EXPIRES_S = 100 * 365 * 86_400;

export async function runTokenAdd(name: string, options: TokenAddOptions): Promise<number> {
  try {
    if (!TOKEN_NAME.test(name)) {
      const must = 'letters, digits and . _ @ - or blanks, at most 64';
      throw new KaipoError(
        'KAIPO_USAGE',
        `"${safeText(name, 64)}" is no name of a token: ${must}`,
        'kaipo token add laptop',
      );
    }
    const expiresInS = options.expires === undefined ? undefined : expiryOf(options.expires);
    const path = await fileOf(options);
    const token = `kpo_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
    const nowS = Math.floor(Date.now() / 1000);
    const entry: TokenEntry = {
      name,
      sha256: tokenDigest(token).toString('hex'),
      access: options.isReadOnly ? 'read-only' : 'full',
      created: nowS,
      ...(expiresInS !== undefined && { expires: nowS + expiresInS }),
    };
    changeTokens(path, (tokens) => withToken(tokens, entry));
    const { sha256: _, ...told } = entry;
    const shown = { ...told, token };
    writeAnswer(
      {
        document: { schema: 'kaipo.token/1', ...shown },
        records: [{ type: 'token', ...shown }],
        csv: { columns: ['name', 'access', 'expires', 'token'], rows: [[name, entry.access, entry.expires, token]] },
        table: () => `${token}\n`,
      },
      options.format,
      options.output,
    );
    const until = entry.expires === undefined ? '' : `, until ${localText(entry.expires * US_PER_S)}`;
    process.stderr.write(
      `kaipo: "${name}" may ${mayWords(entry)}${until}. It is shown this once; only its digest is kept in ${safeText(path, 4096)}\n`,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

export async function runTokenList(options: DataOptions): Promise<number> {
  try {
    const path = await fileOf(options);
    const tokens = readTokens(path);
    const uses = lastUses(path, tokens);
    const rows = tokens.map(({ sha256, ...entry }) => {
      const lastUsed = uses.get(sha256);
      return { ...entry, ...(lastUsed !== undefined && { lastUsed }) };
    });
    writeAnswer(
      {
        document: { schema: 'kaipo.tokens/1', file: path, rows },
        records: rows.map((row) => ({ type: 'token', ...row })),
        csv: {
          columns: ['name', 'access', 'created', 'expires', 'last_used'],
          rows: rows.map((row) => [row.name, row.access, row.created, row.expires, row.lastUsed]),
        },
        table: () => tableOf(rows),
      },
      options.format,
      options.output,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

/** Servers that run refuse it within a second. */
export async function runTokenRemove(name: string, options: DataOptions): Promise<number> {
  try {
    const path = await fileOf(options);
    const names = readTokens(path).map((entry) => entry.name);
    if (!names.includes(name)) {
      const near = nearestName(name, names);
      const hint = near === undefined ? '' : `; did you mean "${near}"?`;
      throw new KaipoError('KAIPO_USAGE', `there is no token "${safeText(name, 64)}"${hint}`, 'kaipo token list');
    }
    const { length } = changeTokens(path, (tokens) => tokens.filter((entry) => entry.name !== name));
    const shown = { name, removed: true, left: length };
    writeAnswer(
      {
        document: { schema: 'kaipo.token-remove/1', ...shown },
        records: [{ type: 'token-removed', ...shown }],
        csv: { columns: ['name', 'left'], rows: [[name, length]] },
        table: () => `Removed "${name}"; servers that run refuse it from now on. Tokens left: ${length}\n`,
      },
      options.format,
      options.output,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

async function fileOf(options: DataOptions): Promise<string> {
  return tokensFile((await loadSettings(options)).config.api);
}

function withToken(tokens: readonly TokenEntry[], entry: TokenEntry): readonly TokenEntry[] {
  if (tokens.some(({ name }) => name === entry.name)) {
    throw new KaipoError(
      'KAIPO_USAGE',
      `there is a token "${entry.name}" already`,
      `kaipo token remove '${entry.name}'`,
    );
  }
  if (tokens.length >= MAX_TOKENS) {
    throw new KaipoError('KAIPO_USAGE', `there are ${MAX_TOKENS} tokens, which is the bound`, 'kaipo token list');
  }
  return [...tokens, entry];
}

function expiryOf(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds < 1 || seconds > MAX_EXPIRES_S) {
    const told = `"${safeText(text, 64)}" is no time a token can hold: 1 second to 100 years`;
    throw new KaipoError('KAIPO_USAGE', told, 'kaipo token add laptop --expires 90d');
  }
  return Math.ceil(seconds);
}

const mayWords = ({ access }: Pick<TokenEntry, 'access'>): string =>
  access === 'full' ? 'read, and change settings' : 'read';

function tableOf(rows: readonly (Omit<TokenEntry, 'sha256'> & { readonly lastUsed?: string })[]): string {
  if (rows.length === 0) return 'There are no tokens. To make one: kaipo token add NAME\n';
  const nowS = Date.now() / 1000;
  return alignedTable(
    ['Token', 'May', 'Made', 'Until', 'Last used'],
    rows.map((row) => [
      row.name,
      mayWords(row),
      localText(row.created * US_PER_S),
      row.expires === undefined
        ? 'removed'
        : `${localText(row.expires * US_PER_S)}${row.expires <= nowS ? ' (over)' : ''}`,
      row.lastUsed ?? 'never',
    ]),
  );
}
