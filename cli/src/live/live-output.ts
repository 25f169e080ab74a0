// The three faces of `kaipo live`: the dashboard on a terminal, text blocks, tick records. Owns: what happens when nobody reads.
// Must not know where snapshots come from. Bound: MAX_WAITING_BYTES of text for a slow reader; more is left out, counted and said.

import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK, EXIT_SIGINT, EXIT_SIGTERM } from '@kaipo/core/kernel/exit-codes.js';
import type { LiveDetails, LiveSubject } from '@kaipo/core/query/live-details.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { Dashboard, DashboardOptions } from '../tui/dashboard.js';
import type { HistoryRewind } from './history-rewind.js';
import type { Ending } from './run-end.js';

const MAX_WAITING_BYTES = 1 << 20;
/** A reader that does not read when the run ends gets this long. */
const LAST_READ_MS = 1000;
/** A terminal that went away is what SIGHUP says too, whichever comes first. */
const QUIT_CODES = { key: EXIT_OK, interrupt: EXIT_SIGINT, gone: EXIT_SIGTERM } as const;

export interface LiveOutput {
  /** It shows the long lists. */
  readonly isWide: boolean;
  show(snapshot: LiveSnapshot): void;
  /** Of the row a person looks at, when they do not come with a snapshot. */
  showDetails?(details: LiveDetails): void;
  /** Something that cannot wait for the next snapshot. */
  announce(text: string): void;
  /** Gives the terminal back, or waits a moment for a slow reader. */
  close(): Promise<void>;
}

export interface LiveOutputOptions {
  readonly format: 'dashboard' | 'ndjson';
  readonly isPlain: boolean;
  readonly color: boolean;
  /** [live] of the configuration. */
  readonly look: KaipoConfig['live'];
  /** Where the dashboard finds the past, and the moment it begins in. Opened at the first step; closed with the output. */
  readonly rewind?: HistoryRewind;
  readonly atUs?: number;
}

/** Is it drawn, or is it text? */
export function isDashboard({ format, isPlain }: Pick<LiveOutputOptions, 'format' | 'isPlain'>): boolean {
  const isTerminal = process.stdout.isTTY === true && process.stdin.isTTY === true && process.env['TERM'] !== 'dumb';
  return format === 'dashboard' && !isPlain && isTerminal;
}

/**
 * `onWatch` is told which row a person looks at, and answers what is known of it now. `onEnd` is told when the person or the reader of the output wants no more, or the output fails. Loads the one face it opens.
 */
export async function openLiveOutput(
  options: LiveOutputOptions,
  onEnd: (ending: Ending) => void,
  onWatch: Watch,
): Promise<LiveOutput> {
  if (options.format === 'ndjson') {
    const { tickRecord } = await import('../tui/tick-record.js');
    return textOutput((snapshot) => `${JSON.stringify(tickRecord(snapshot))}\n`, onEnd);
  }
  if (!isDashboard(options)) {
    const { plainBlock } = await import('../tui/plain.js');
    return textOutput((snapshot) => `${plainBlock(snapshot, { color: options.color })}\n`, onEnd);
  }
  const { color, rewind, atUs } = options;
  const dashboard = await openedDashboard(options, {
    color,
    onWatch,
    onQuit: (how) => onEnd({ exitCode: QUIT_CODES[how] }),
    ...(rewind !== undefined && { rewind }),
    ...(atUs !== undefined && { atUs }),
  });
  let last: LiveSnapshot | undefined;
  return {
    isWide: true,
    show: (snapshot) => {
      last = snapshot;
      dashboard.update(snapshot);
    },
    showDetails: (details) => dashboard.showDetails?.(details),
    announce: (text) => {
      if (last === undefined) return;
      const notice = { tsUs: Date.now() * 1000, severity: 'critical', text } as const;
      last = { ...last, recording: { state: 'off' }, notices: [...last.notices, notice] };
      dashboard.update(last);
    },
    close: async () => {
      dashboard.close();
      await rewind?.close();
    },
  };
}

/** Undefined: nothing is known of the row, or not yet: then it comes with the next snapshot. */
export type Watch = (subject: LiveSubject | undefined) => LiveDetails | undefined;

/** Looks as the configuration says, else as it was left, else as fits the terminal. */
async function openedDashboard({ look }: LiveOutputOptions, options: DashboardOptions): Promise<Dashboard> {
  const { keys, ...chosen } = look;
  const [{ openDashboard }, { USUAL_CHOICES }, { readLiveState, writeLiveState }, { keyProblem }] = await Promise.all([
    import('../tui/dashboard.js'),
    import('../tui/view-state.js'),
    import('../settings/live-state.js'),
    import('../tui/key-bindings.js'),
  ]);
  const wrong = keyProblem(keys);
  if (wrong !== undefined) throw new KaipoError('KAIPO_BAD_CONFIG', wrong, 'kaipo config show');
  const { choices, mutes } = readLiveState();
  const fitting = options.color && (chosen.theme ?? choices.theme) === undefined ? await background() : undefined;
  const given = { ...(fitting !== undefined && { theme: fitting }), ...choices, ...chosen };
  return openDashboard({
    ...options,
    keys,
    mutes,
    choices: given,
    onClosed: ({ theme, ...left }, muted) => {
      // A theme nobody chose fits the terminal anew the next time.
      const kept = theme === (given.theme ?? USUAL_CHOICES.theme) ? choices.theme : theme;
      writeLiveState({ choices: { ...left, ...(kept !== undefined && { theme: kept }) }, mutes: muted });
    },
  });
}

async function background(): Promise<'dark' | 'light' | undefined> {
  const { terminalBackground } = await import('../tui/background.js');
  return terminalBackground(process.stdin, process.stdout);
}

/** Never blocks on the reader: capture and recording go on while nobody reads. */
function textOutput(render: (snapshot: LiveSnapshot) => string, onEnd: (ending: Ending) => void): LiveOutput {
  const { stdout } = process;
  let isOpen = true;
  let leftOut = 0;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    isOpen = false;
    onEnd(error.code === 'EPIPE' ? { exitCode: EXIT_OK } : { exitCode: EXIT_OK, error: outputError(error) });
  });
  return {
    isWide: false,
    show: (snapshot) => {
      if (!isOpen) return;
      if (stdout.writableLength > MAX_WAITING_BYTES) leftOut += 1;
      else stdout.write(render(snapshot));
    },
    announce: (text) => {
      process.stderr.write(`kaipo: ${text}\n`);
    },
    close: async () => {
      if (isOpen && stdout.writableLength > 0) await drained(stdout);
      if (leftOut > 0) process.stderr.write(`kaipo: ${leftOut} intervals were not printed: nobody read them\n`);
      // What nobody reads would keep the process alive for ever.
      if (isOpen && stdout.writableLength > 0) setImmediate(() => process.exit());
    },
  };
}

function drained(stdout: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LAST_READ_MS);
    stdout.write('', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function outputError(error: NodeJS.ErrnoException): KaipoError {
  const what = error.code === 'ENOSPC' ? 'no space left on the device' : error.message;
  return new KaipoError('KAIPO_WRITE_FAILED', `standard output: ${what}`);
}
