// What processes are, where there is no /proc: through ps-list. Owns: one list, read at most every MIN_INTERVAL_MS in the background.
// Must not know: sockets. The command line ps-list returns is not kept. Bound: MAX_PROCESSES identities.
import { appRulesInUse } from './app-rules.js';
import { MAX_PROCESSES } from './proc-processes.js';
import { describeProcess, type ProcessIdentity } from './process-identity.js';
import { UserNames } from './user-names.js';

/** ps-list starts `ps` and looks at every process: 26 ms for 81 of them. */
const MIN_INTERVAL_MS = 5_000;

export class ProcessList {
  readonly #users = new UserNames();
  #identities = new Map<number, ProcessIdentity>();
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  /** Processes beyond the bound in the last reading. */
  refused = 0;

  /** Reads the list unless it is fresh. Concurrent calls share one reading. A failed reading leaves the last list. */
  refresh(): Promise<void> {
    if (this.#reading !== undefined) return this.#reading;
    if (performance.now() - this.#readAtMs < MIN_INTERVAL_MS) return Promise.resolve();
    this.#reading = this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#readAtMs = performance.now();
        this.#reading = undefined;
      });
    return this.#reading;
  }

  identityOf(pid: number): ProcessIdentity | undefined {
    return this.#identities.get(pid);
  }

  async #read(): Promise<void> {
    const { default: psList } = await import('ps-list');
    const processes = await psList();
    this.refused = Math.max(0, processes.length - MAX_PROCESSES);
    const rules = appRulesInUse();
    const identities = new Map<number, ProcessIdentity>();
    for (const { pid, name, path, uid } of processes.slice(0, MAX_PROCESSES)) {
      // A relative path is only the name again.
      const exe = path?.startsWith('/') ? path : undefined;
      const facts = { pid, comm: name, exe, uid };
      identities.set(pid, describeProcess(facts, { userName: (id) => this.#users.nameOf(id), rules }));
    }
    this.#identities = identities;
  }
}
