// The options history commands share: the period in words or flags, and what commander gives as a HistoryOptions. Owns no command.
import { ZONES, type Zone } from '@kaipo/core/kernel/traffic-words.js';
import { type Command, Option } from 'commander';
import type { HistoryOptions } from '../history/history-context.js';
import { type CommandLine, collect, dataOptions, type RawDataOptions } from './command-line.js';

/** What commander gives for the options of history commands; `Raw` because absent ones are absent or undefined. */
export interface RawHistoryOptions extends RawDataOptions {
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  readonly fromDate?: string;
  readonly toDate?: string;
  readonly since?: string;
  readonly interface?: string[];
  readonly zone?: Zone;
  readonly limit?: number;
  readonly sort?: string;
  readonly reverse?: boolean;
  readonly name?: string;
  readonly app?: string;
  readonly host?: string;
  readonly protocol?: string;
  readonly step?: string;
  readonly filter?: string;
}

/** The period: words, or --from and --to, or --since. @param without what holds when none is given, for the help. */
export function withPeriod(command: Command, without = 'last 24 hours'): Command {
  return command
    .argument(
      '[period...]',
      `today, yesterday, "last week", 2026-11, monday, "last 24 hours", 2026-11-01..2026-11-07 (default: ${without})`,
    )
    .option('--from <time>', 'begin of the period: 2026-11-01, "2026-11-01 14:00", yesterday, "3 days ago", -2h')
    .option('--to <time>', 'end of the period; a day or a month is included')
    .option('--since <time>', 'from then until now')
    .addOption(new Option('--from-date <time>', 'the same as --from').hideHelp())
    .addOption(new Option('--to-date <time>', 'the same as --to').hideHelp());
}

export function withInterface(command: Command): Command {
  return command.option('-i, --interface <name>', 'of this interface alone (repeatable)', collect);
}

export function withFilter(command: Command): Command {
  return withInterface(command).addOption(
    new Option('--zone <zone>', 'of this zone alone: this host itself, local networks, beyond them').choices(ZONES),
  );
}

/** `words`: the period as arguments. */
export function historyOptions(
  line: CommandLine,
  raw: RawHistoryOptions,
  words: readonly string[] = [],
): HistoryOptions & { readonly name?: string } {
  const from = raw.from ?? raw.fromDate;
  const to = raw.to ?? raw.toDate;
  const { since, zone, limit, sort, reverse, name } = raw;
  return {
    ...dataOptions(line, raw),
    interfaces: raw.interface ?? [],
    ...(words.length > 0 && { period: words.join(' ') }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(since !== undefined && { since }),
    ...(zone !== undefined && { zone }),
    ...(limit !== undefined && { limit }),
    ...(sort !== undefined && { sort }),
    ...(reverse !== undefined && { reverse }),
    ...(name !== undefined && { name }),
  };
}
