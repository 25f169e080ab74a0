// Chooses a helper and starts it. Owns: the choice, the spares, what a restart uses. To be called while the privileges are
// there; the session it becomes may be started after they are gone. Bound: one helper and SPARE_HELPERS spares.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HelperOptions } from '../contract/index.js';
import { type CaptureHandler, type CaptureSession, superviseCapture } from './capture-session.js';
import { FIX_SUDO, findHelpers, type HelperCandidate, type HelperKind } from './find-helpers.js';
import { helperArgv } from './helper-argv.js';
import type { HelperLink } from './helper-link.js';
import { DEFAULT_PATHS, type HelperPaths, systemTool } from './helper-paths.js';
import { NoHelperError } from './no-helper-error.js';
import { readPrivileges } from './privileges.js';
import { ProcessLink, STREAM_FD } from './process-link.js';
import { ServiceLink } from './service-link.js';

/** Helpers kept ready for the time when this process can no longer start one. They wait without privileges and without rings. */
export const SPARE_HELPERS = 3;

export interface PrepareOptions extends HelperOptions {
  /** `native`: the C helper or the service; `portable`: the one on the cap package. */
  readonly prefer?: 'auto' | 'native' | 'portable';
  /**
   * May the service be used? It captures what its unit says: false when a person named interfaces. It is never used with a
   * filter, a snaplen or a ring size. Default true.
   */
  readonly service?: boolean;
  /** Snaplen of a helper that is started here when `snaplen` does not say; a service keeps its own. */
  readonly usualSnaplen?: number;
  /** Other places to look for helpers. */
  readonly paths?: HelperPaths;
}

export interface PreparedCapture {
  readonly helper: HelperKind;
  readonly place: HelperCandidate['place'];
  /** Process id of the helper, absent for the service. */
  readonly pid?: number;
  /** Spares that wait. */
  readonly spares: number;
  readonly options: PrepareOptions;
  /** Begins to deliver; to be called once. */
  start(handler: CaptureHandler): CaptureSession;
  /** Ends the helper and the spares when no session will be started. */
  close(): void;
}

/**
 * Starts the best helper this process may use. Throws NoHelperError when there is none and RangeError when an option is
 * outside the contract. What a helper itself refuses (no such interface, bad filter) is told by the session's onEnd.
 */
export async function prepareCapture(options: PrepareOptions): Promise<PreparedCapture> {
  helperArgv(options, STREAM_FD);
  const candidate = await choose(options);
  const first = launch(candidate, options, false);
  const root = process.geteuid?.() === 0;
  const spares: ProcessLink[] = [];
  if (root && candidate.helper === 'native') {
    for (let count = 0; count < SPARE_HELPERS; count += 1) {
      spares.push(launch(candidate, options, true) as ProcessLink);
    }
  }
  const close = (): void => {
    for (const spare of spares.splice(0)) spare.destroy();
  };
  const next = async (onNotice: (text: string) => void): Promise<HelperLink> => {
    const remaining = existingInterfaces(options.interfaces, onNotice);
    for (let spare = spares.shift(); spare !== undefined; spare = spares.shift()) {
      if (!spare.alive) continue;
      if (spares.length === 0) onNotice('the last spare capture helper is in use');
      spare.activate();
      return spare;
    }
    const now = { ...options, interfaces: remaining };
    try {
      return launch(await choose(now), now, false);
    } catch (error) {
      // What was started with sudo is started again with sudo, whatever else would be nearer.
      if (error instanceof NoHelperError && root) throw new NoHelperError(error.candidates, FIX_SUDO);
      throw error;
    }
  };
  return {
    helper: candidate.helper,
    place: candidate.place,
    ...(first.pid !== undefined && { pid: first.pid }),
    get spares() {
      return spares.length;
    },
    options,
    start: (handler) => superviseCapture({ first, next, close }, handler),
    close: () => {
      close();
      first.destroy();
    },
  };
}

async function choose(options: PrepareOptions): Promise<HelperCandidate> {
  const candidates = await findHelpers(options.paths ?? DEFAULT_PATHS);
  const own = options.filter !== undefined || options.snaplen !== undefined || options.ringMiB !== undefined;
  const mayUseService = options.service !== false && !own;
  const prefer = options.prefer ?? 'auto';
  const fitting = candidates.filter((candidate) => {
    if (candidate.helper === 'service') return mayUseService && prefer !== 'portable';
    return prefer === 'auto' || candidate.helper === prefer;
  });
  const usable = fitting.find((candidate) => candidate.usable);
  if (usable === undefined) throw new NoHelperError(fitting);
  return usable;
}

function launch(candidate: HelperCandidate, options: PrepareOptions, standby: boolean): HelperLink {
  if (candidate.helper === 'service') return new ServiceLink(candidate.path);
  const snaplen = options.snaplen ?? options.usualSnaplen;
  const argv = helperArgv({ ...options, ...(snaplen !== undefined && { snaplen }) }, STREAM_FD);
  if (candidate.helper === 'native') {
    return new ProcessLink('native', candidate.path, [...argv, '--events', ...(standby ? ['--standby'] : [])]);
  }
  const script = [process.execPath, candidate.path, ...argv];
  const setpriv = process.platform === 'linux' ? systemTool('setpriv') : undefined;
  if (setpriv === undefined) return new ProcessLink('portable', script[0]!, script.slice(1));
  return new ProcessLink('portable', setpriv, [...setprivArgv(), '--', ...script]);
}

/** Node cannot set no_new_privs or shrink the bounding set itself. DAC_READ_SEARCH: the script may lie in a closed home. */
function setprivArgv(): string[] {
  const { euid, canDropBounding } = readPrivileges();
  if (euid !== 0 || !canDropBounding) return ['--no-new-privs'];
  return ['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all,+net_raw,+setuid,+setgid,+dac_read_search'];
}

/** A restart leaves out interfaces that are gone; when all are, it tries all again and the helper says which are missing. */
function existingInterfaces(names: readonly string[], onNotice: (text: string) => void): readonly string[] {
  if (process.platform !== 'linux') return names;
  const there = names.filter((name) => existsSync(join('/sys/class/net', name)));
  if (there.length === 0 || there.length === names.length) return names;
  const gone = names.filter((name) => !there.includes(name));
  onNotice(`capture goes on without ${gone.join(', ')}: no such interface any more`);
  return there;
}
