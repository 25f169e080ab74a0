// A command of kaipo whose output is an answer: exports and reports are written by a child while they are read. Owns the child's life: it
// ends when the reader goes, also before the first byte, and a failure until then becomes an error of the request. Must not know what the
// command does.
// Bounds: MAX_RUNNING commands at a time, MAX_ERROR_BYTES of what one says about its failure; a pipe's back-pressure holds the rest.
import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { EXIT_NO_INPUT, EXIT_NO_PERMISSION, EXIT_OK, EXIT_USAGE } from '@kaipo/core/kernel/exit-codes.js';
import type { SettingsFlags } from '../settings/settings.js';
import { HttpError } from './problem.js';

const KAIPO = fileURLToPath(new URL('../../bin/kaipo.js', import.meta.url));
const MAX_RUNNING = 4;
const MAX_ERROR_BYTES = 4096;
const STATUS_OF_EXIT: Readonly<Record<number, number>> = {
  [EXIT_USAGE]: 400,
  [EXIT_NO_INPUT]: 404,
  [EXIT_NO_PERMISSION]: 503,
};

let running = 0;

/**
 * Its standard output, from the first byte on. Raises HttpError when it fails before that, or too many run.
 * @param reader who it is for: when this closes, the command ends.
 */
export function commandStream(
  args: readonly string[],
  { config, store }: SettingsFlags,
  reader: Writable,
): Promise<Readable> {
  if (running >= MAX_RUNNING) {
    throw new HttpError(503, `${MAX_RUNNING} exports or reports are being written already`, 'ask again in a moment');
  }
  // No command can be given such a word.
  if (args.some((word) => word.includes('\0'))) throw new HttpError(400, 'a value of the query has a zero byte in it');
  if (reader.destroyed) throw gone();
  const flags = [
    ...(config === undefined ? [] : ['--config', config]),
    ...(store === undefined ? [] : ['--store', store]),
  ];
  const [command = '', ...rest] = args;
  // Before the words of a period, which end the options.
  const child = spawn(process.execPath, [KAIPO, command, ...flags, ...rest], { stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid === undefined) {
    child.once('error', (error) => process.stderr.write(`kaipo: cannot start a command: ${String(error)}\n`));
    throw new HttpError(503, 'the command that writes this could not be started', 'ask again in a moment');
  }
  running += 1;
  // It writes for nobody else: what it would do on its way out is not waited for.
  const end = (): void => {
    child.kill('SIGKILL');
  };
  reader.once('close', end);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < MAX_ERROR_BYTES) said += text;
  });
  return new Promise((resolve, reject) => {
    const out = new PassThrough();
    let isAnswered = false;
    const answer = (): void => {
      isAnswered = true;
      resolve(out);
    };
    out.once('close', end);
    child.stdout.once('data', answer);
    child.stdout.pipe(out, { end: false });
    child.once('error', (error) => reject(error));
    child.once('close', (code) => {
      running -= 1;
      reader.off('close', end);
      if (code === EXIT_OK && !isAnswered) answer();
      if (code === EXIT_OK) out.end();
      else if (isAnswered) out.destroy(new Error(`kaipo ${args[0]} ended with ${code}`));
      else reject(reader.destroyed ? gone() : failureOf(child, said));
    });
  });
}

/** Nobody is told any more. */
const gone = (): HttpError => new HttpError(503, 'the reader went');

/** What it said is for people, but for a bug of its own: that is for the log. */
function failureOf(child: ChildProcess, said: string): HttpError {
  const status = STATUS_OF_EXIT[child.exitCode ?? -1];
  if (status === undefined) {
    process.stderr.write(said);
    return new HttpError(500, 'the command that writes this failed; the log of the server says why');
  }
  const lines = said.split('\n').filter((line) => line !== '');
  const fix = lines
    .find((line) => line.startsWith(FIX))
    ?.slice(FIX.length)
    .replace(THIS_PROGRAM, 'kaipo ');
  const told = lines.filter((line) => !line.startsWith(FIX)).map((line) => line.replace(/^kaipo: /, ''));
  return new HttpError(status, told.join('\n') || 'the command failed', fix);
}

const FIX = 'kaipo: try: ';
/** A command says how it was started itself, which is nothing to tell. */
const THIS_PROGRAM = /^.*kaipo\.js'? /;
