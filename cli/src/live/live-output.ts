// The three faces of `kaipo live`: the dashboard on a terminal, text blocks, tick records.

import { EXIT_OK, EXIT_SIGINT } from '@kaipo/core/kernel/exit-codes.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { PipeClosed, TextSink } from '../output/text-sink.js';
import { plainBlock } from '../tui/plain.js';
import { openDashboard } from '../tui/screen.js';
import { tickRecord } from '../tui/tick-record.js';

export interface LiveOutput {
  show(snapshot: LiveSnapshot): void;
  close(): void;
}

export interface LiveOutputOptions {
  readonly format: 'dashboard' | 'ndjson';
  readonly isPlain: boolean;
  readonly color: boolean;
}

/** `onQuit` is told when the person or the reader of the output wants no more. */
export function openLiveOutput(options: LiveOutputOptions, onQuit: (exitCode: number) => void): LiveOutput {
  if (options.format === 'ndjson') return textOutput((snapshot) => `${JSON.stringify(tickRecord(snapshot))}\n`, onQuit);
  const isTerminal = process.stdout.isTTY === true && process.stdin.isTTY === true && process.env['TERM'] !== 'dumb';
  if (options.isPlain || !isTerminal) {
    return textOutput((snapshot) => `${plainBlock(snapshot, { color: options.color })}\n`, onQuit);
  }
  const dashboard = openDashboard({
    color: options.color,
    onQuit: (how) => onQuit(how === 'interrupt' ? EXIT_SIGINT : EXIT_OK),
  });
  return { show: (snapshot) => dashboard.update(snapshot), close: () => dashboard.close() };
}

function textOutput(render: (snapshot: LiveSnapshot) => string, onQuit: (exitCode: number) => void): LiveOutput {
  const sink = new TextSink();
  let isOpen = true;
  return {
    show: (snapshot) => {
      if (!isOpen) return;
      try {
        sink.write(render(snapshot));
        sink.flush();
      } catch (error) {
        if (!(error instanceof PipeClosed)) throw error;
        isOpen = false;
        onQuit(EXIT_OK);
      }
    },
    close: () => undefined,
  };
}
