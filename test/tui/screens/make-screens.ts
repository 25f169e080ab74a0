// `npm run screens`: the pictures of the README (cli/docs/*.svg) and the recorded session (cli/docs/live.cast, asciicast v2). Everything on
// them is made up, and the same at every run; when something happens in the
// recording is made up too.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderScreenSvg } from '../render-screen-svg.js';
import { TerminalSession } from '../terminal-session.js';

const here = dirname(fileURLToPath(import.meta.url));
const docs = join(here, '..', '..', '..', '..', 'cli', 'docs');
const program = join(here, 'session-program.js');
const [COLUMNS, ROWS] = [150, 42];
const LEFT = '\x1b[D';

interface Step {
  readonly keys: string;
  /** On the screen, or (`not`) not on it any more, when the key has done its work. */
  readonly until: string;
  readonly not?: true;
  /** Seconds a person looks at it. */
  readonly lookS: number;
  /** Name of the picture it makes. */
  readonly picture?: string;
}

const typed = (text: string, before: string): Step[] =>
  [...text].map((key, i) => ({ keys: key, until: `${before}${text.slice(0, i + 1)}`, lookS: 0.18 }));

const STEPS: readonly Step[] = [
  { keys: '', until: '14:05:00', lookS: 2.5, picture: 'live' },
  { keys: '/', until: ' filter ', lookS: 0.8 },
  ...typed('app:', ' filter  '),
  { keys: 'f', until: ' filter  app:f', lookS: 1.2, picture: 'live-filter' },
  { keys: '\t', until: 'app:firefox', lookS: 0.8 },
  { keys: '\r', until: 'only app:firefox', lookS: 1.6 },
  { keys: '4', until: 'only app:firefox', lookS: 0.8 },
  { keys: 'j', until: 'only app:firefox', lookS: 0.8 },
  { keys: '\r', until: 'Example Content', lookS: 3, picture: 'live-details' },
  { keys: '\x1b', until: ' host ─', not: true, lookS: 0.6 },
  { keys: '\x1b', until: 'only app:firefox', lookS: 0.4 },
  { keys: '\x1b', until: 'only app:firefox', not: true, lookS: 0.8 },
  { keys: 'v', until: 'Applications, processes', lookS: 0.8 },
  { keys: 'z', until: 'Throughput', not: true, lookS: 2.5, picture: 'live-tree' },
  { keys: 'z', until: 'Throughput', lookS: 0.4 },
  { keys: 'v', until: 'Applications, processes', not: true, lookS: 0.8 },
  { keys: LEFT, until: ' PAST ', lookS: 0.6 },
  ...Array.from({ length: 6 }, () => ({ keys: LEFT, until: ' PAST ', lookS: 0.3 })),
  { keys: '', until: ' PAST ', lookS: 2.5, picture: 'live-past' },
  { keys: ' ', until: ' PAST ', not: true, lookS: 1.5 },
];

function open(args: string): TerminalSession {
  return new TerminalSession({ columns: COLUMNS, rows: ROWS, command: `'${process.execPath}' '${program}' ${args}` });
}

const shows = (session: TerminalSession, { until, not }: Step): boolean =>
  session.screen().join('\n').includes(until) !== (not === true);

function picture(session: TerminalSession, name: string, background?: string): void {
  const svg = renderScreenSvg(session.terminal, background === undefined ? {} : { background, foreground: '#24292f' });
  writeFileSync(join(docs, `${name}.svg`), svg);
}

const session = open('');
const header = { version: 2, width: COLUMNS, height: ROWS, title: 'kaipo live', env: { TERM: 'xterm-256color' } };
const lines = [JSON.stringify(header)];
let atS = 0.1;
let sent = 0;
for (const step of STEPS) {
  const before = session.output.length;
  if (step.keys !== '') session.type(step.keys);
  await session.waitFor(
    `"${step.until}"`,
    () => shows(session, step) && (step.keys === '' || session.output.length > before),
  );
  const { output } = session;
  lines.push(JSON.stringify([Number(atS.toFixed(2)), 'o', output.slice(sent)]));
  sent = output.length;
  if (step.picture !== undefined) picture(session, step.picture);
  atS += step.lookS;
  // While a person looks, seconds pass.
  for (let i = 1; i <= Math.floor(step.lookS); i += 1) {
    const drawn = session.output.length;
    if (session.screen().join('\n').includes(' PAST ')) break;
    process.kill(session.programPid(), 'SIGUSR2');
    await session.waitFor('the next second', () => session.output.length > drawn);
    lines.push(JSON.stringify([Number((atS - step.lookS + i).toFixed(2)), 'o', session.output.slice(sent)]));
    sent = session.output.length;
  }
}
session.type('q');
await session.waitForEnd();
lines.push(JSON.stringify([Number(atS.toFixed(2)), 'o', session.output.slice(sent)]));
writeFileSync(join(docs, 'live.cast'), `${lines.join('\n')}\n`);
await session.dispose();

const light = open('--light');
await light.waitForText('14:05:00');
picture(light, 'live-light', '#ffffff');
light.type('q');
await light.waitForEnd();
await light.dispose();
process.stdout.write(`${docs}: live.svg and others, live.cast of ${atS.toFixed(1)} s\n`);
