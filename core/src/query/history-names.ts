// Answered names of a period, and the names of its addresses. Must not know lmdb.
// Bound: MAX_NAMES_READ answers looked at, MAX_HOST_NAMES names, MAX_ANSWERS values a row.
import type { AnsweredName } from '../store/flow-rows.js';
import type { Store, StoreView } from '../store/store.js';
import type { HistoryNames, NameRow, NamesQuestion } from './history-answers.js';
import { nameFilter } from './history-filter.js';
import type { TimeRange } from './time-range.js';

const MAX_NAMES_READ = 500_000;
const MAX_HOST_NAMES = 50_000;
const MAX_ANSWERS = 64;
/** Flows and answers looked at for the names of a few addresses: more of them when some are still without one. */
const FEW_RECORDS = [1000, 8000];
const NO_ERROR = 'NOERROR';

/** Answered questions of a period: one row a name and type, or with `raw` one an answer. */
export function queryNames(store: Store, { fromUs, toUs }: TimeRange, question: NamesQuestion): HistoryNames {
  const hasName = nameFilter(question.name);
  const rows = new Map<string, GatheredName>();
  let count = 0;
  const more = store.view((view) =>
    view.readNames(fromUs, toUs, MAX_NAMES_READ, (answered) => {
      if (hasName?.([answered.name]) === false) return;
      count += 1;
      const key = question.raw === true ? String(count) : `${answered.qtype} ${answered.name.toLowerCase()}`;
      const known = rows.get(key);
      if (known === undefined) rows.set(key, new GatheredName(answered));
      else known.add(answered);
    }),
  );
  const all = [...rows.values()].map((row) => row.toRow());
  all.sort((left, right) =>
    question.raw === true ? right.lastUs - left.lastUs : right.count - left.count || right.lastUs - left.lastUs,
  );
  return { rows: all.slice(0, question.limit), count: all.length, more };
}

class GatheredName {
  #last: AnsweredName;
  readonly #answers: Set<string>;
  #firstUs: number;
  #count = 0;
  #failed = 0;

  constructor(answered: AnsweredName) {
    this.#last = answered;
    this.#answers = new Set(answered.answers);
    this.#firstUs = answered.tsUs;
    this.#countIn(answered);
  }

  add(answered: AnsweredName): void {
    this.#countIn(answered);
    this.#firstUs = Math.min(this.#firstUs, answered.tsUs);
    if (answered.tsUs > this.#last.tsUs) this.#last = answered;
    for (const answer of answered.answers) if (this.#answers.size < MAX_ANSWERS) this.#answers.add(answer);
  }

  #countIn({ rcode }: AnsweredName): void {
    this.#count += 1;
    if (rcode !== NO_ERROR) this.#failed += 1;
  }

  toRow(): NameRow {
    const { name, qtype, rcode, client, tsUs } = this.#last;
    const answers = [...this.#answers];
    const [count, failed, firstUs] = [this.#count, this.#failed, this.#firstUs];
    return { name, qtype, rcode, client, answers, count, failed, firstUs, lastUs: tsUs };
  }
}

/** Names of addresses as the flows and the answered questions of a period tell them, newest first; `most` of each are looked at. */
export function queryHostNames(store: Store, range: TimeRange, most = MAX_HOST_NAMES): ReadonlyMap<string, string> {
  return store.view((view) => namesOf(view, range, most, () => true));
}

/** Of these addresses alone, as far as the newest flows and answers tell: for short lists, in a time that does not grow with history. */
export function queryNamesOf(store: Store, range: TimeRange, ips: readonly string[]): ReadonlyMap<string, string> {
  const wanted = new Set(ips);
  return store.view((view) => {
    let names: ReadonlyMap<string, string> = new Map();
    for (const records of FEW_RECORDS) {
      if (names.size < wanted.size) names = namesOf(view, range, records, (ip) => wanted.has(ip));
    }
    return names;
  });
}

function namesOf(
  view: StoreView,
  { fromUs, toUs }: TimeRange,
  records: number,
  isWanted: (ip: string) => boolean,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const learn = (ip: string, name: string): void => {
    if (!names.has(ip) && names.size < MAX_HOST_NAMES && isWanted(ip)) names.set(ip, name);
  };
  view.readFlows(fromUs, toUs, records, (flow) => {
    if (flow.serverName !== undefined) learn(flow.server.ip, flow.serverName);
  });
  view.readNames(fromUs, toUs, records, ({ name, answers }) => {
    for (const answer of answers) learn(answer, name);
  });
  return names;
}
