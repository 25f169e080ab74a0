// Whose a socket of the ledger is: the process that has it open, who listens on its port, or at least the user. Owns: that order, and an
// owner once found. Must not know: bytes, streams. Bound: one owner a socket that lives; what InodePids and ProcProcesses hold.
import type { FlowOwner } from '../../api/events.js';
import { InodePids } from '../inode-pids.js';
import { ProcProcesses } from '../proc-processes.js';
import type { ProcessIdentity } from '../process-identity.js';
import { UserNames } from '../user-names.js';
import type { FollowedSocket, SocketLedger } from './socket-ledger.js';

export class DiagOwners {
  readonly #ledger: SocketLedger;
  readonly #users = new UserNames();
  readonly #pids: InodePids;
  readonly #processes: ProcProcesses;
  readonly #identities = new WeakMap<FollowedSocket, ProcessIdentity>();

  constructor(ledger: SocketLedger, root = '/proc') {
    this.#ledger = ledger;
    this.#pids = new InodePids(root);
    this.#processes = new ProcProcesses(root, this.#users);
  }

  /** Looks for the processes of sockets that have none yet: after every snapshot, for a process may be gone a moment later. */
  refresh(): void {
    const open = [...this.#ledger.live()].filter(({ inode }) => inode !== 0);
    this.#pids.find(open.map(({ inode }) => inode));
    for (const socket of open) {
      if (this.#identities.has(socket)) continue;
      const pid = this.#pids.pidOf(socket.inode);
      const identity = pid === undefined ? undefined : this.#processes.identityOf(pid);
      if (identity !== undefined) this.#identities.set(socket, identity);
    }
  }

  ownerOf(socket: FollowedSocket): FlowOwner | undefined {
    const identity = this.#identities.get(socket);
    if (identity !== undefined) return { ...identity, quality: 'proc-snapshot' };
    const listener = socket.isAccepted ? this.#ledger.listenerOf(socket.localPort) : undefined;
    const accepting = listener && this.#identities.get(listener);
    if (accepting !== undefined) return { ...accepting, quality: 'listener' };
    // Processes of others cannot be looked into, but the kernel says whose socket it is.
    const uid = socket.uid ?? listener?.uid;
    if (uid === undefined) return undefined;
    const user = this.#users.nameOf(uid);
    return { app: `processes of ${user}`, user, quality: socket.uid === undefined ? 'listener' : 'proc-snapshot' };
  }
}
