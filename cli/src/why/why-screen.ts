// The answer of `kaipo why` for people: what it is, down the chain from the name that was asked for to the package of the program,
// then when and how much, then the largest. Owns the words. Every text passes the sanitiser of display-text.ts.
import type { OwnerQuality } from '@kaipo/core/api/events.js';
import { formatBytes, formatCount } from '@kaipo/core/kernel/units.js';
import type { RunningProcess } from '@kaipo/core/owners/process-tree.js';
import type { HistoryRow, NameRow } from '@kaipo/core/query/history.js';
import { OWNER_QUALITIES, QUALITY_WORDS } from '@kaipo/core/query/quality-words.js';
import { localText } from '@kaipo/core/query/time-range.js';
import type { FirstSeen, UsualHours, WhyRow } from '@kaipo/core/query/why.js';
import { heading } from '../history/answer-head.js';
import { fittedTable } from '../history/fitted-table.js';
import type { HistoryContext } from '../history/history-context.js';
import { formatSpan } from '../report/report-notes.js';
import { endpoint } from '../report/report-tables.js';
import { cutText, textWidth } from '../tui/display-text.js';
import type { WhyFacts } from './why-facts.js';
import { subjectName } from './why-record.js';

const LABEL_WIDTH = 13;
/** Lines of nobody's screen are not longer. */
const WIDEST = 120;
const MINUTE_US = 60e6;
const HOUR_US = 60 * MINUTE_US;
const DAY_US = 24 * HOUR_US;
const LEVELS = '▁▂▃▄▅▆▇█';
const MAX_SHOWN = 64;

type Line = readonly [label: string, text: string];

export function whyScreen(context: HistoryContext, facts: WhyFacts): string {
  const { answer } = facts;
  const { subject, hosts, apps, protocols } = answer;
  const head = `${heading(cutText(subjectName(subject), MAX_SHOWN), context.color)}  ${kindText(facts)}\n`;
  const lines = [...subjectLines(facts), ...processLines(facts), ...timeLines(context, facts)];
  const width = Math.min(context.width ?? WIDEST, WIDEST);
  const tables = [
    subject.kind === 'flow' || subject.kind === 'host' ? '' : largest('Host', hosts, context),
    subject.kind === 'flow' || subject.kind === 'host' ? largest('Application', apps, context) : '',
    largest('Protocol', protocols, context),
  ];
  return head + lines.map((line) => wrapped(line, width)).join('') + tables.join('');
}

function kindText({ answer: { subject } }: WhyFacts): string {
  if (subject.kind === 'app') return 'application';
  if (subject.kind === 'process') return `process of ${cutText(subject.app, MAX_SHOWN)}`;
  if (subject.kind === 'flow') return 'flow';
  return subject.name === undefined || subject.ips.length === 1 ? 'host' : `host, ${subject.ips.length} addresses`;
}

function subjectLines({ answer }: WhyFacts): Line[] {
  const { subject, names, question } = answer;
  const lines: Line[] = [];
  if (subject.kind === 'flow') {
    const { client, server, startUs, endUs, serverName, serverNameFrom, interface: name } = subject.flow;
    const { protocol, protocolFrom, transport, application } = subject.flow;
    const found = { sni: 'named in the TLS greeting', host: 'named in the request', dns: 'by an earlier DNS answer' };
    const how = serverNameFrom === undefined ? '' : `, ${found[serverNameFrom]}`;
    const guess = protocolFrom === 'port' ? ', guessed from the port' : ', read from its first bytes';
    lines.push(
      ['From', `${endpoint(client.ip, client.port)}${name === undefined ? '' : ` on ${name}`}`],
      ['To', endpoint(server.ip, server.port)],
      ...(serverName === undefined ? [] : [['Server', `${serverName}${how}`] as const]),
      ['When', `${localText(startUs)}, for ${formatSpan(endUs - startUs)}`],
      ['Moved', `${formatBytes(client.bytes)} to the server, ${formatBytes(server.bytes)} back`],
      ['Protocol', protocol === undefined ? transport : `${protocol} over ${transport}${guess}`],
      ...(application === undefined ? [] : [['Service', application] as const]),
      ...(question === undefined ? [] : [['Asked for', beforeText(question, startUs)] as const]),
    );
    return lines;
  }
  if (subject.kind !== 'host') return lines;
  if (subject.name !== undefined) lines.push(['Addresses', listed(subject.ips)]);
  const asked = names.filter(({ name }) => subject.name === undefined || isBelow(name, subject.name));
  for (const name of asked) lines.push(['Asked for', questionText(name)]);
  const others = names.filter((name) => !asked.includes(name)).map(({ name }) => name);
  if (others.length > 0) lines.push(['Shared with', listed([...new Set(others)])]);
  if (names.length === 0) lines.push(['Asked for', 'no DNS answer with this address was recorded in this period']);
  return lines;
}

function isBelow(name: string, parent: string): boolean {
  const lower = name.toLowerCase();
  return lower === parent || lower.endsWith(`.${parent}`);
}

const questionText = ({ name, qtype, count, lastUs, client }: NameRow): string =>
  `${name} (${qtype}), ${count === 1 ? 'once' : `${formatCount(count)} times, last`} ${localText(lastUs)}, by ${client}`;

function beforeText({ name, qtype, lastUs, client }: NameRow, startUs: number): string {
  const beforeUs = startUs - lastUs;
  const span = beforeUs < 1e6 ? `${(beforeUs / 1000).toFixed(beforeUs < 1e4 ? 1 : 0)} ms` : formatSpan(beforeUs);
  const before = beforeUs > 0 ? `, ${span} before` : '';
  return `${name} (${qtype}), answered ${localText(lastUs)}${before}, to ${client}`;
}

function processLines(facts: WhyFacts): Line[] {
  const { answer, process, parents, owner, running, timer, package: packaged, sha256 } = facts;
  const { subject, identities } = answer;
  const row = identities[0];
  const known = process ?? owner ?? row;
  const exe = process?.exe ?? owner?.exe ?? row?.exe;
  const unit = process?.unit ?? owner?.unit ?? row?.unit;
  const container = process?.container ?? owner?.container ?? row?.container;
  const user = known?.user;
  const ofHost = subject.kind === 'host' && answer.owner !== undefined;
  return given([
    ['Latest', ofHost ? `${answer.owner!.app}, ${localText(answer.owner!.atUs)}` : undefined],
    ['Application', subject.kind === 'flow' ? (owner?.app ?? 'not known: no socket was found for it') : undefined],
    ['Program', exe],
    [
      'Package',
      packaged &&
        `${packaged.name}${packaged.version === undefined ? '' : ` ${packaged.version}`} (${packaged.manager})`,
    ],
    ['SHA-256', sha256],
    ['User', user],
    ['Process', processText(facts)],
    ['Started by', parents.length === 0 ? undefined : parents.map(parentText).join(', ')],
    ['Unit', unit],
    ['Timer', timer && `${timer.timer}${timer.schedule === undefined ? '' : ` (${timer.schedule})`}`],
    ['Container', container],
    ['Pod', process?.pod],
    ...qualityLines(facts),
    ['Running', running > 1 ? `${formatCount(running)} processes of it` : undefined],
  ]);
}

function processText({ process, owner, answer: { subject } }: WhyFacts): string | undefined {
  if (process !== undefined) {
    const since = process.startUs === undefined ? '' : ` since ${localText(process.startUs)}`;
    return `${process.pid}, running${since}`;
  }
  if (owner?.pid !== undefined) return `${owner.pid}, not running any more`;
  return subject.kind === 'app' ? 'not running now' : undefined;
}

const parentText = ({ app, pid }: RunningProcess): string => `${app} (${pid})`;

/** How each byte came to its owner, the most first; where one process is shown, the one way. */
function qualityLines({ answer, owner }: WhyFacts): Line[] {
  if (answer.subject.kind !== 'app') {
    return owner === undefined ? [] : [['Known by', `${owner.quality}: ${QUALITY_WORDS[owner.quality]}`]];
  }
  const sums = qualitySums(answer.identities);
  return sums.map(([quality, bytes], index): Line => {
    const text = `${quality}, ${formatBytes(bytes)}: ${QUALITY_WORDS[quality]}`;
    return [index === 0 ? 'Known by' : '', text];
  });
}

function qualitySums(rows: readonly HistoryRow[]): [OwnerQuality, number][] {
  const sums = new Map<OwnerQuality, number>();
  for (const { quality = {} } of rows) {
    for (const word of OWNER_QUALITIES) sums.set(word, (sums.get(word) ?? 0) + (quality[word] ?? 0));
  }
  return [...sums].filter(([, bytes]) => bytes > 0).sort(([, left], [, right]) => right - left);
}

function timeLines({ range }: HistoryContext, { answer }: WhyFacts): Line[] {
  const { subject, firstSeen, pairFirstSeen, hours, totals, flows, more } = answer;
  const { txBytes, rxBytes } = totals;
  // A flow and a process are told in the company of their application.
  const who = subject.kind === 'flow' || subject.kind === 'process' ? `${appWords(answer)}: ` : '';
  const bars = hoursText(hours);
  const counted = `${formatCount(flows)}${more ? ' or more' : ''} ${flows === 1 ? 'flow' : 'flows'} ended`;
  return given([
    ['First seen', firstSeen && `${who}${firstSeenText(firstSeen)}`],
    ['', pairFirstSeen && `${appWords(answer)} with this server: ${firstSeenText(pairFirstSeen, 'flows')}`],
    ['Hours', bars && `${who}${bars}`],
    ['Period', `${localText(range.fromUs)} to ${localText(range.toUs)}`],
    [
      'Total',
      `${subject.kind === 'flow' ? who : ''}${formatBytes(rxBytes)} received, ${formatBytes(txBytes)} sent; ${counted}${flows > 0 ? ':' : ''}`,
    ],
  ]);
}

function appWords({ subject }: WhyFacts['answer']): string {
  if (subject.kind === 'process') return subject.app;
  return subject.kind === 'flow' ? (subject.flow.owner?.app ?? 'the server') : '';
}

/** The bucket that tells it may be a whole day. */
function firstSeenText({ atUs, withinUs, isBegin }: FirstSeen, what = 'history'): string {
  const text = localText(atUs);
  if (isBegin) return `${text}, ${what === 'history' ? 'when history begins' : 'as far back as flows are kept'}`;
  if (withinUs >= DAY_US) return text.slice(0, 10);
  return withinUs >= HOUR_US
    ? `${text.slice(0, 16)}, within the hour`
    : withinUs >= MINUTE_US
      ? text.slice(0, 16)
      : text;
}

/** 24 bars, one an hour of the day; a dot where that hour was never recorded. */
export function hoursText({ bytes, recordedUs }: UsualHours): string | undefined {
  const rates = bytes.map((sum, hour) => (recordedUs[hour]! > 0 ? sum / recordedUs[hour]! : undefined));
  const most = Math.max(0, ...rates.map((rate) => rate ?? 0));
  if (most === 0) return undefined;
  const bars = rates.map((rate) => {
    if (rate === undefined) return '·';
    return rate === 0 ? ' ' : LEVELS[Math.min(LEVELS.length - 1, Math.floor((rate / most) * LEVELS.length))]!;
  });
  const peak = rates.indexOf(most);
  return `[${bars.join('')}]  0 to 24 h, most from ${peak} to ${peak + 1}`;
}

function largest(title: string, rows: readonly WhyRow[], { width }: HistoryContext): string {
  if (rows.length === 0) return '';
  const table = fittedTable(
    [
      { title, shrinksTo: 15 },
      { title: 'Name', shrinksTo: 12, drop: 3 },
      { title: 'Received', align: 'right', drop: 2 },
      { title: 'Sent', align: 'right', drop: 1 },
      { title: 'Total', align: 'right' },
      { title: 'Flows', align: 'right', drop: 4 },
    ],
    rows.map(({ name, also = '', txBytes, rxBytes, flows }) => [
      name,
      also,
      formatBytes(rxBytes),
      formatBytes(txBytes),
      formatBytes(txBytes + rxBytes),
      formatCount(flows),
    ]),
    width,
  );
  return `\n${table}`;
}

/** Addresses beyond the first few are only counted. */
function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, 4).join(', ');
  return texts.length > 4 ? `${shown} and ${texts.length - 4} more` : shown;
}

const given = (lines: readonly (readonly [string, string | undefined])[]): Line[] =>
  lines.filter((line): line is Line => line[1] !== undefined);

/** The label once, the text in lines that fit; a word that fits no line is cut. */
function wrapped([label, text]: Line, width: number): string {
  const room = Math.max(16, width - LABEL_WIDTH - 2);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ (?=[^ ])/)) {
    const safe = cutText(word, room);
    if (line !== '' && textWidth(line) + 1 + textWidth(safe) > room) {
      lines.push(line);
      line = safe;
    } else line = line === '' ? safe : `${line} ${safe}`;
  }
  lines.push(line);
  const title = label.padEnd(LABEL_WIDTH);
  const shown = lines.map((part, index) => `  ${index === 0 ? title : ' '.repeat(LABEL_WIDTH)}${part}`.trimEnd());
  return `${shown.join('\n')}\n`;
}
