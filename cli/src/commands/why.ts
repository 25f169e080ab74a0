// `kaipo why`: everything that is known of one application, host, flow or process, from the name that was asked for to the package
// of the program. Reads only; what this machine knows now is asked besides the store.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { queryTotals } from '@kaipo/core/query/history.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { periodNotes } from '../history/period-notes.js';
import { holdAppRules } from '../settings/app-names.js';
import { type MachineFacts, thisMachine } from '../why/machine-facts.js';
import { gatherWhy } from '../why/why-facts.js';
import { WHY_COLUMNS, whyCsv, whyDocument, whyRecords } from '../why/why-record.js';
import { whyScreen } from '../why/why-screen.js';

export function runWhy(subject: string, options: HistoryOptions): Promise<number> {
  return answerFromHistory(options, askedOr('last 30 days'), (context) => {
    // What runs now is called what the recorder calls it.
    holdAppRules(context.config, options.config);
    return whyAnswer(context, subject, thisMachine());
  });
}

export async function whyAnswer(
  context: HistoryContext,
  subject: string,
  machine: MachineFacts,
): Promise<HistoryAnswer> {
  if (subject.trim() === '') throw new KaipoError('KAIPO_USAGE', 'say whom or what to explain', 'kaipo why curl');
  const totals = queryTotals(context.store, context.range);
  const facts = await gatherWhy(context, subject, machine);
  const document = whyDocument(context, facts, totals);
  const { answer } = facts;
  return {
    document,
    records: whyRecords(document),
    csv: { columns: WHY_COLUMNS, rows: whyCsv(facts) },
    table: () => whyScreen(context, facts),
    notes: [
      ...periodNotes(context, totals),
      ...(answer.more ? ['there were too many flows to look at all; the largest are of the newest'] : []),
      ...(answer.subject.kind === 'host' && answer.subject.name !== undefined
        ? ['the total is that of the addresses: one address may serve many names']
        : []),
    ],
  };
}
