// Whether a terminal is dark or light, asked before the dashboard opens. Owns: the question (OSC 11), the one everybody answers that comes
// behind it (DA1), and giving back what was typed meanwhile. Must not know: themes. Bound: WAIT_MS, MAX_ANSWER bytes.
import { once } from 'node:events';

export type Background = 'dark' | 'light';

const WAIT_MS = 500;
const MAX_ANSWER = 4096;
/** Background colour (xterm, OSC 11), then what the terminal is (ECMA-48 DA): the second answer ends the waiting for the first. */
const QUESTION = '\x1b]11;?\x1b\\\x1b[c';
const COLOR = /\x1b\]11;rgba?:([0-9a-fA-F]{1,4})\/([0-9a-fA-F]{1,4})\/([0-9a-fA-F]{1,4})[^\x07\x1b]*(?:\x07|\x1b\\)/;
const ATTRIBUTES = /\x1b\[\?[\d;]*c/;

/** Undefined: it did not say. */
export async function terminalBackground(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Background | undefined> {
  // The Linux console and dumb terminals print the question.
  if (/^(?:linux|dumb|vt\d+)?$/.test(env['TERM'] ?? '')) return fromEnvironment(env);
  const answer = await askedRaw(input, output);
  const rest = answer.replace(COLOR, '').replace(ATTRIBUTES, '');
  if (rest !== '' && !input.readableEnded && !input.destroyed) input.unshift(Buffer.from(rest, 'latin1'));
  const [, red, green, blue] = COLOR.exec(answer) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return fromEnvironment(env);
  const [r, g, b] = [red, green, blue].map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1));
  // Relative luminance (WCAG, without the curve): good enough to tell black from white.
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b! > 0.5 ? 'light' : 'dark';
}

/** Whatever comes meanwhile, the terminal is left as it was. */
async function askedRaw(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> {
  const wasRaw = input.isRaw;
  // The one signal of a terminal that nobody else handles; node does not give the terminal back then.
  const onQuit = (): void => {
    input.setRawMode(wasRaw);
    process.off('SIGQUIT', onQuit);
    process.kill(process.pid, 'SIGQUIT');
  };
  // A terminal that goes away has no background. Whoever opens a screen on it next is told again.
  const onGone = (): void => void input.emit('kaipo-answered');
  process.on('SIGQUIT', onQuit);
  for (const stream of [input, output]) stream.on('error', onGone);
  input.on('end', onGone);
  try {
    input.setRawMode(true);
    const answer = await asked(input, output);
    input.setRawMode(wasRaw);
    return answer;
  } finally {
    process.off('SIGQUIT', onQuit);
    for (const stream of [input, output]) stream.off('error', onGone);
    input.off('end', onGone);
  }
}

async function asked(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> {
  let answer = '';
  const onData = (data: Buffer | string): void => {
    answer += data.toString('latin1');
    if (ATTRIBUTES.test(answer) || answer.length > MAX_ANSWER) input.emit('kaipo-answered');
  };
  const waited = new AbortController();
  const timer = setTimeout(() => waited.abort(), WAIT_MS);
  input.on('data', onData);
  output.write(QUESTION);
  await once(input, 'kaipo-answered', { signal: waited.signal }).catch(() => undefined);
  clearTimeout(timer);
  input.off('data', onData);
  input.pause();
  return answer;
}

/** COLORFGBG of rxvt and others: `15;0` is white on black. */
function fromEnvironment(env: NodeJS.ProcessEnv): Background | undefined {
  const background = /(\d+)$/.exec(env['COLORFGBG'] ?? '')?.[1];
  if (background === undefined) return undefined;
  return background === '7' || Number(background) > 8 ? 'light' : 'dark';
}
