// A scorecard as table, JSON, NDJSON and CSV. Owns the words; must not judge.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { alignedTable } from '../output/aligned-table.js';
import type { DataAnswer } from '../output/data-output.js';
import { isPassed, type ScenarioScore, type ScenarioVerdict } from './scorecard.js';
import type { SelftestResult } from './selftest-run.js';

/** Everything that must hold, held. */
export const hasPassed = ({ card, wire, books }: SelftestResult): boolean =>
  isPassed(card) && wire.agrees && books.closed;

export function selftestAnswer(result: SelftestResult, color: boolean): DataAnswer {
  const { rung, seconds, card, wire, books, notes } = result;
  const passed = hasPassed(result);
  const { scenarios, strays } = card;
  return {
    document: { schema: 'kaipo.selftest/1', passed, rung, seconds, scenarios, strays, wire, books, notes },
    records: [
      ...scenarios.map((score) => ({ type: 'scenario', ...score })),
      { type: 'summary', passed, rung, seconds, strays, wire, books, notes },
    ],
    csv: { columns: CSV_COLUMNS, rows: scenarios.map(csvRow) },
    table: () => tableText(result, color),
  };
}

const CSV_COLUMNS = [
  'scenario',
  'target',
  'verdict',
  'flows',
  'seen',
  'right_pid',
  'right_name',
  'unknown',
  'wrong',
  'payload_bytes',
  'frame_bytes',
  'right_pid_bytes',
  'right_name_bytes',
  'off_flows',
  'why',
] as const;

const csvRow = (score: ScenarioScore): (string | number)[] => [
  score.scenario,
  score.target,
  score.verdict,
  score.flows,
  score.seen,
  score.rightPid,
  score.rightName,
  score.unknown,
  score.wrong,
  score.payloadBytes,
  score.frameBytes,
  score.rightPidBytes,
  score.rightNameBytes,
  score.offFlows,
  score.why.join('; '),
];

const COLORS: Readonly<Record<ScenarioVerdict, number>> = { pass: 32, limited: 33, fail: 31, skip: 2 };
const HEAD = [
  'Scenario',
  'Flows',
  'Seen',
  'Right pid',
  'Right name',
  'Unknown',
  'Wrong',
  'Payload',
  'Frames',
  'Verdict',
];

function tableText(result: SelftestResult, isColored: boolean): string {
  const { rung, seconds, card, wire, books, notes } = result;
  const paint = (code: number, text: string): string => (isColored ? `\u001b[${code}m${text}\u001b[0m` : text);
  const rows = card.scenarios.map((score) => [
    score.scenario,
    String(score.flows),
    String(score.seen),
    String(score.rightPid),
    String(score.rightName),
    String(score.unknown),
    String(score.wrong),
    formatBytes(score.payloadBytes),
    formatBytes(score.frameBytes),
    score.verdict,
  ]);
  const table = alignedTable(HEAD, rows).replace(/(pass|limited|fail|skip)$/gm, (word) =>
    paint(COLORS[word as ScenarioVerdict], word),
  );
  const why = card.scenarios.flatMap((score) => [
    ...(score.verdict === 'limited' ? [] : score.why).map(
      (text) => `  ${score.scenario}: ${safeText(text, 1024)}${reasonsText(score)}\n`,
    ),
    ...score.examples.map(
      (wrong) => `  ${score.scenario}: ${wrong.flow} is of ${safeText(wrong.truth)}, not of ${safeText(wrong.said)}\n`,
    ),
  ]);
  const { strays } = card;
  const agree = wire.agrees ? 'agree' : 'DO NOT AGREE';
  const lines = [
    ...unknownText(card.scenarios),
    `${wire.interface}: the kernel counted ${wire.kernelBytes} B, booked are ${wire.bookedBytes} B, frames have ${wire.capturedBytes} B, not captured ${wire.notCapturedBytes} B: they ${agree}`,
    ...lossText(wire),
    `kaipo audit: ${books.closed ? 'the books close' : 'THE BOOKS DO NOT CLOSE'}: ${formatBytes(books.kernelBytes)} = ${formatBytes(books.attributedBytes)} attributed + ${formatBytes(books.unknownBytes)} unknown + ${formatBytes(books.notCapturedBytes)} not captured, residual ${books.residualBytes} B`,
    `${strays.flows} flows (${formatBytes(strays.bytes)}) are of nobody of the workload, ${strays.owned} of them have an owner`,
    ...notes.map((note) => safeText(note, 1024)),
  ];
  const verdict = hasPassed(result) ? paint(32, 'passed') : paint(31, 'FAILED');
  return `${paint(1, 'Selftest')}  ${rung}, ${seconds.toFixed(1)} s\n\n${table}${why.length > 0 ? `\n${why.join('')}` : ''}\n${lines.map((line) => `  ${line}\n`).join('')}\n${verdict}${legend(card.scenarios)}\n`;
}

/** Of all scenarios; of one it is in the JSON. */
function unknownText(scenarios: readonly ScenarioScore[]): string[] {
  const sums = new Map<string, number>();
  for (const { unknownReasons } of scenarios)
    for (const [reason, count] of Object.entries(unknownReasons)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  if (sums.size === 0) return [];
  return [`unknown flows: ${[...sums].map(([reason, count]) => `${count} ${reason}`).join(', ')}`];
}

function reasonsText({ unknownReasons, verdict }: ScenarioScore): string {
  const reasons = Object.entries(unknownReasons);
  if (reasons.length === 0 || verdict === 'skip') return '';
  return ` (unknown: ${reasons.map(([reason, count]) => `${count} ${reason}`).join(', ')})`;
}

/** Attribution cannot be judged by bytes that never came. */
function lossText({ notCapturedBytes, notCapturedReasons }: SelftestResult['wire']): string[] {
  if (notCapturedBytes === 0) return [];
  const reasons = Object.entries(notCapturedReasons).map(([reason, bytes]) => `${reason} ${formatBytes(bytes)}`);
  return [`not everything was captured (${reasons.join(', ')}): this machine was too busy for bytes to be judged`];
}

function legend(scenarios: readonly ScenarioScore[]): string {
  const isLimited = scenarios.some(({ verdict }) => verdict === 'limited');
  return isLimited ? '; limited: counted rightly, and nothing named wrongly, but names need kernel events' : '';
}
