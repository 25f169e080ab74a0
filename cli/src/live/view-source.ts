// What a LiveView asks of an engine. Owns: the wiring, the same for live capture and for files; `outside` is what only a machine knows.
import type { Engine } from '@kaipo/core/engine/engine.js';
import type { LiveViewSource } from '@kaipo/core/query/live-view.js';

type Outside = Pick<LiveViewSource, 'interfaceName' | 'isLocalAddress' | 'findOwner'>;

/** Of a file nothing is local and nobody owns anything. */
const NOTHING: Outside = {
  interfaceName: () => undefined,
  isLocalAddress: () => false,
  findOwner: () => undefined,
};

export function viewSource(engine: Engine, outside: Outside = NOTHING): LiveViewSource {
  const { flows, notebook, names } = engine;
  return {
    flows,
    protocolName: (id) => notebook.protocolName(id),
    serverName: (flow) => notebook.textsOf(flow)?.serverName,
    owner: (flow) => notebook.textsOf(flow)?.owner,
    setOwner: (flow, owner) => notebook.setOwner(flow, owner),
    nameOf: (ip) => names.nameOf(ip),
    ...outside,
  };
}
