// `kaipo config check [FILE]`: every problem at once, exit 78 when there is one. Changes nothing.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { loadConfig } from '@kaipo/core/config/load-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_CONFIG, EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { DataOptions } from '../command-line/command-line.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { runnableCommand } from '../output/runnable-command.js';
import type { PluginTables } from '../plugins/plugin-set.js';

interface Problem {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** @param file alone, else every source that holds: files and environment. Problems are the answer, so they go to stdout. */
export async function runConfigCheck(file: string | undefined, options: DataOptions): Promise<number> {
  try {
    const named = file ?? options.config;
    const { problems, files, warnings, fix, exitCode } = await check(named);
    const notes = fix === undefined ? warnings : [`try: ${runnableCommand(fix)}`];
    writeAnswer(
      {
        document: { schema: 'kaipo.config-check/1', ok: problems.length === 0, files, problems, warnings },
        records: [
          { type: 'check', ok: problems.length === 0, files, warnings },
          ...problems.map((problem) => ({ type: 'problem', ...problem })),
        ],
        csv: {
          columns: ['file', 'line', 'column', 'message'],
          rows: problems.map((problem) => [problem.file, problem.line, problem.column, problem.message]),
        },
        table: () => problems.map((problem) => `${problemLine(problem)}\n`).join('') || goodText(files),
      },
      options.format,
      options.output,
    );
    for (const note of notes) process.stderr.write(`kaipo: ${safeText(note, 1024)}\n`);
    return exitCode;
  } catch (error) {
    return reportError(error);
  }
}

interface Checked {
  readonly problems: readonly Problem[];
  readonly files: readonly string[];
  readonly warnings: readonly string[];
  /** What mends a file that is refused as a whole; a text is mended by hand. */
  readonly fix?: string;
  readonly exitCode: number;
}

async function check(file: string | undefined): Promise<Checked> {
  const env = file === undefined ? process.env : withoutSettings(process.env);
  const place = { env, cwd: process.cwd(), home: homedir() };
  try {
    const { config, files, warnings } = await loadConfig({ ...place, ...(file !== undefined && { file }) });
    const rules = await rulesOfApps(config, file);
    const ofPlugins = (await problemsOfPlugins(config.plugins)).map((message) => ({
      message: safeText(message, 1024),
    }));
    const problems = [...rules.problems, ...ofPlugins];
    const exitCode = problems.length === 0 ? EXIT_OK : EXIT_CONFIG;
    return { problems, files: [...files, ...rules.files], warnings, exitCode };
  } catch (error) {
    if (!(error instanceof KaipoError) || error.code !== 'KAIPO_BAD_CONFIG') throw error;
    const problems = error.message.split('\n').map(parseProblem);
    const files = [...new Set(problems.flatMap((problem) => problem.file ?? []))];
    const isRefused = error.fix !== undefined && files.length === 0;
    return { problems, files, warnings: [], ...(isRefused && { fix: error.fix }), exitCode: error.exitCode };
  }
}

/** The person's rules for names of applications, where there are any. */
async function rulesOfApps(
  config: KaipoConfig,
  file: string | undefined,
): Promise<{ readonly files: readonly string[]; readonly problems: readonly Problem[] }> {
  const { rulesSources } = await import('../settings/app-names.js');
  const { loadAppRules, ownRulesFile } = await import('@kaipo/core/config/app-rules-file.js');
  const sources = rulesSources(config, file);
  const path = ownRulesFile(sources);
  if (path === undefined || (config.apps.rules === undefined && !existsSync(path))) return { files: [], problems: [] };
  try {
    loadAppRules(sources);
    return { files: [path], problems: [] };
  } catch (error) {
    if (!(error instanceof KaipoError)) throw error;
    return { files: [path], problems: error.message.split('\n').map(parseProblem) };
  }
}

/** Plugins are loaded only when one of them has settings: there are many. */
async function problemsOfPlugins(tables: PluginTables): Promise<string[]> {
  if (Object.keys(tables).length === 0) return [];
  const { pluginProblems } = await import('../plugins/plugin-set.js');
  return pluginProblems(tables);
}

/** A file that is checked by its name is checked by itself. */
const withoutSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('KAIPO_')));

/** `path:line:column: message`; what has no place is all message. */
function parseProblem(line: string): Problem {
  const parts = /^(.+?):(\d+):(\d+): (.*)$/s.exec(line);
  if (parts === null) return { message: safeText(line, 1024) };
  return { file: parts[1]!, line: Number(parts[2]), column: Number(parts[3]), message: safeText(parts[4]!, 1024) };
}

const problemLine = ({ file, line, column, message }: Problem): string =>
  file === undefined ? message : `${safeText(file, 4096)}:${line}:${column}: ${message}`;

const goodText = (files: readonly string[]): string =>
  files.length === 0
    ? 'no configuration file: defaults hold\n'
    : `${files.map((file) => safeText(file, 4096)).join(', ')}: all is well\n`;
