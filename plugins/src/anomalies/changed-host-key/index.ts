// An SSH server shows another key than before. Owns: which keys a server may have, how long they are remembered. Bound: 1,024 servers, 4 keys
// each; the server seen longest ago goes.
import type { Detector, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { BoundedTable } from '../parts/bounded-table.js';
import { defineRule } from '../parts/define-rule.js';
import { flowEvidence, hours, scopeOf } from '../parts/flow-words.js';
import { rowsOf, savedRows } from '../parts/saved-rows.js';

const RULE = 'changed-host-key';
const SERVERS = 1_024;
/** A server has a key of each kind. */
const KEYS = 4;
const VERSION = 1;

export const changedHostKeyPlugin = defineRule({
  rule: RULE,
  title: 'SSH servers with another host key',
  meaning:
    'A server that was known by one host key showed another one: it was installed anew, its address belongs to another machine now, or ' +
    'somebody stands between.',
  falsePositives:
    'New installations, containers, cloud machines that get an address used before, several machines behind one address. A client that asks ' +
    'for another kind of key looks the same once for each kind.',
  severity: 'warning',
  settings: {},
  quietUs: hours(1),
  create: () => new ChangedHostKey(),
});

class ChangedHostKey implements Detector {
  readonly wants = ['flow.ended'] as const;
  /** By address and port, newest key last. */
  readonly #keys = new BoundedTable<string[]>(SERVERS);

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'flow.ended' || event.flow.hostKey === undefined) continue;
      const { flow } = event;
      const { hostKey } = event.flow;
      const server = `${flow.server.ip}|${flow.server.port ?? 22}`;
      const known = this.#keys.use(server);
      if (known?.includes(hostKey) === true) continue;
      this.#keys.set(server, [...(known ?? []), hostKey].slice(-KEYS));
      if (known === undefined) continue;
      const subject = `${flow.serverName ?? flow.server.ip}:${flow.server.port ?? 22}`;
      out.write({
        kind: 'alert.raised',
        tsUs: event.tsUs,
        rule: RULE,
        severity: 'warning',
        subject,
        summary: `${subject} showed ${flow.client.ip} another SSH host key than before`,
        evidence: {
          ...flowEvidence(flow),
          key: hostKey,
          keyBefore: known.at(-1) ?? '',
          ...(flow.serverSoftware === undefined ? {} : { software: flow.serverSoftware }),
        },
        key: `${server} ${hostKey}`,
        scope: scopeOf(flow),
      });
    }
  }

  save(): unknown {
    return savedRows(
      VERSION,
      this.#keys.newest(SERVERS).map(([server, keys]) => [server, keys.join(' ')]),
    );
  }

  restore(saved: unknown): void {
    for (const [server, keys] of rowsOf(saved, VERSION, ['', '']).slice(-SERVERS))
      this.#keys.set(String(server).slice(0, 64), String(keys).split(' ').slice(-KEYS));
  }
}
