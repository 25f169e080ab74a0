// `kaipo selftest`: how accurate kaipo is on this machine. Owns the checks before it begins, signals, and the exit code; the run is
// cli/src/selftest.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_FOUND, EXIT_OK, EXIT_SIGINT, EXIT_SIGTERM } from '@kaipo/core/kernel/exit-codes.js';
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import type { DataOptions } from '../command-line/command-line.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { SCENARIOS, type Scenario } from '../selftest/scenario-list.js';
import { hasPassed, selftestAnswer } from '../selftest/selftest-answer.js';
import { runScenarios } from '../selftest/selftest-run.js';

export interface SelftestOptions extends Pick<DataOptions, 'format' | 'color' | 'output'> {
  /** Names; empty: all. */
  readonly scenarios: readonly string[];
  readonly isQuick: boolean;
  readonly isList: boolean;
  readonly keep: string | undefined;
}

export async function runSelftest(options: SelftestOptions): Promise<number> {
  const stop = new AbortController();
  const progress = new StatusLine();
  let exitCode: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    exitCode = signal === 'SIGINT' ? EXIT_SIGINT : EXIT_SIGTERM;
    progress.show('takes its network away');
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  try {
    const scenarios = chosen(options.scenarios);
    if (options.isList) {
      writeAnswer(listAnswer(SCENARIOS), options.format, options.output);
      return EXIT_OK;
    }
    checkRights(options);
    const result = await runScenarios({
      scenarios,
      isQuick: options.isQuick,
      keep: options.keep,
      signal: stop.signal,
      onProgress: (text) => progress.show(text),
    });
    progress.clear();
    writeAnswer(selftestAnswer(result, options.color), options.format, options.output);
    return hasPassed(result) ? EXIT_OK : EXIT_FOUND;
  } catch (error) {
    progress.clear();
    return exitCode ?? reportError(error);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onSignal);
  }
}

/** Raises KAIPO_USAGE for a name that is none. In the order of the list, each once. */
function chosen(names: readonly string[]): readonly Scenario[] {
  const known = SCENARIOS.map(({ name }) => name);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    const near = nearestName(stranger, known);
    const hint = near === undefined ? '' : `; did you mean "${near}"?`;
    throw new KaipoError('KAIPO_USAGE', `there is no scenario "${stranger}"${hint}`, 'kaipo selftest --list');
  }
  return SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name));
}

function checkRights({ scenarios, isQuick }: SelftestOptions): void {
  if (process.platform !== 'linux')
    throw new KaipoError('KAIPO_HELPER_MISSING', 'the selftest makes network namespaces, which exist on Linux only');
  if (process.geteuid?.() === 0) return;
  const again = [
    'sudo kaipo selftest',
    ...(isQuick ? ['--quick'] : []),
    ...scenarios.map((name) => `--scenario ${name}`),
  ];
  throw new KaipoError(
    'KAIPO_NO_PERMISSION',
    'the selftest makes network namespaces, which needs root',
    again.join(' '),
  );
}

function listAnswer(scenarios: readonly Scenario[]): Parameters<typeof writeAnswer>[0] {
  const rows = scenarios.map(({ name, target, about }) => ({ name, target, about }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  return {
    document: { schema: 'kaipo.selftest-scenarios/1', scenarios: rows },
    records: rows,
    csv: { columns: ['name', 'target', 'about'], rows: rows.map(({ name, target, about }) => [name, target, about]) },
    table: () => rows.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}\n`).join(''),
  };
}

/** What it is doing, on the last line of a terminal. */
class StatusLine {
  readonly #isShown = process.stderr.isTTY === true;

  show(text: string): void {
    if (this.#isShown) process.stderr.write(`\r\u001b[2Kselftest: ${text}`);
  }

  clear(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[2K');
  }
}
