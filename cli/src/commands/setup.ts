// `kaipo setup`: the one-time privileges. Owns: the group, the installed helper with its file capabilities, the invoking user's
// membership, and taking all of it back. Keeps root: nothing from the network is read here.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { DEFAULT_PATHS, HELPER_GROUP, INSTALLED_HELPER, systemTool } from '@kaipo/capture-helper/launch/index.js';
import { EXIT_IO, EXIT_NO_PERMISSION, EXIT_OK, EXIT_UNAVAILABLE } from '@kaipo/core/kernel/exit-codes.js';
import { runnableCommand } from '../output/runnable-command.js';
import { printText } from '../output/text-sink.js';

export interface SetupOptions {
  /** Print the steps and do nothing. */
  readonly dryRun?: boolean;
  /** Take back what setup did. */
  readonly uninstall?: boolean;
  /** Group that may capture. */
  readonly group?: string;
  /** Where the helper goes. */
  readonly path?: string;
  /** The helper to install. */
  readonly built?: string;
  /** Who joins the group; absent: nobody. Default: the user who called sudo. */
  readonly user?: string;
  /** Lines of progress; default stdout. */
  readonly print?: (line: string) => void;
  /** Why it cannot go on; default stderr. */
  readonly complain?: (line: string) => void;
}

interface Step {
  /** For a person: what is done, as the command that does it. */
  readonly command: string;
  /** Undefined when it worked, else why not. */
  readonly run: () => string | undefined;
}

/** Returns the exit code: 0, 69 when the helper or a tool is missing, 74 when a step failed, 77 when this is not root. */
export async function runSetup(options: SetupOptions = {}): Promise<number> {
  const print = options.print ?? ((line) => printText(`${line}\n`));
  const complain = options.complain ?? ((line) => process.stderr.write(`kaipo: ${line}\n`));
  const group = options.group ?? HELPER_GROUP;
  const path = options.path ?? INSTALLED_HELPER;
  const built = options.built ?? DEFAULT_PATHS.built;
  const user = options.user ?? process.env['SUDO_USER'];
  if (process.platform !== 'linux') {
    complain('setup installs the native capture helper, which exists for Linux only: run sudo kaipo live instead');
    return EXIT_UNAVAILABLE;
  }
  if (options.uninstall !== true && !existsSync(built)) {
    complain('the native capture helper was not built: apt install gcc libc6-dev, then npm run build');
    return EXIT_UNAVAILABLE;
  }
  const steps = options.uninstall === true ? removalSteps(group, path) : installSteps(group, path, built, user);
  if (options.dryRun === true) {
    for (const step of steps) print(step.command);
    if (steps.length === 0) print('nothing to do');
    return EXIT_OK;
  }
  if (process.geteuid?.() !== 0) {
    complain(`setup needs root once: ${runnableCommand('sudo kaipo setup')}`);
    return EXIT_NO_PERMISSION;
  }
  for (const step of steps) {
    const problem = step.run();
    if (problem !== undefined) {
      complain(`${step.command}: ${problem}`);
      return EXIT_IO;
    }
    print(step.command);
  }
  if (options.uninstall === true) print('kaipo can no longer capture without sudo');
  else print(nextStep(group, user));
  return EXIT_OK;
}

function installSteps(group: string, path: string, built: string, user: string | undefined): Step[] {
  const steps: Step[] = [];
  if (membersOf(group) === undefined) steps.push(tool('groupadd', ['--system', group]));
  steps.push({
    command: `install -d -m 0755 ${dirname(path)}`,
    run: () => attempt(() => makeOpenFolder(dirname(path))),
  });
  steps.push({
    command: `${built} --install ${path} --group ${group}`,
    run: () => execute(built, ['--install', path, '--group', group]),
  });
  if (joins(user) && !membersOf(group)?.includes(user)) steps.push(tool('usermod', ['-aG', group, user]));
  return steps;
}

function removalSteps(group: string, path: string): Step[] {
  const steps: Step[] = [];
  if (existsSync(path)) {
    steps.push({ command: `rm ${path}`, run: () => attempt(() => unlinkSync(path)) });
    steps.push({
      command: `rmdir --ignore-fail-on-non-empty ${dirname(path)}`,
      run: () => {
        attempt(() => rmdirSync(dirname(path)));
        return undefined;
      },
    });
  }
  if (membersOf(group) !== undefined) steps.push(tool('groupdel', [group]));
  return steps;
}

function joins(user: string | undefined): user is string {
  return user !== undefined && user !== 'root' && /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/.test(user);
}

function nextStep(group: string, user: string | undefined): string {
  if (!joins(user)) return `done: add people with usermod -aG ${group} NAME; they can capture after their next login`;
  return `done: ${user} can capture without sudo after the next login, or now in a shell made by: newgrp ${group}`;
}

/** Members of a local group, undefined when there is no such group. */
function membersOf(group: string): string[] | undefined {
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${group}:`));
  return line?.split(':')[3]?.split(',');
}

function tool(name: string, argv: readonly string[]): Step {
  return {
    command: [name, ...argv].join(' '),
    run: () => {
      const program = systemTool(name);
      return program === undefined ? 'this tool is missing: apt install passwd' : execute(program, argv);
    },
  };
}

function execute(program: string, argv: readonly string[]): string | undefined {
  const result = spawnSync(program, argv, { env: {}, cwd: '/', encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.error !== undefined) return result.error.message;
  return result.status === 0 ? undefined : result.stderr.trim() || `ended with ${result.signal ?? result.status}`;
}

/** A folder the group can enter, whatever umask root's shell has. */
function makeOpenFolder(path: string): void {
  const umask = process.umask(0o022);
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  } finally {
    process.umask(umask);
  }
}

function attempt(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
