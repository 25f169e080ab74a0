// Traffic to or from what a person put on a list. Owns: what counts as traffic, and the direction. Bound: that of the lists and of `Said`.
import { accessSync, constants } from 'node:fs';
import type { AlertRaised, Detector, EventWriter, FlowRecord, KaipoEvent } from '@kaipo/core/api/index.js';
import { defineRule, parseSettings } from '../parts/define-rule.js';
import { flowEvidence, hours, minutes, scopeOf, serverText } from '../parts/flow-words.js';
import { Said } from '../parts/said.js';
import { BlockFiles } from './block-files.js';

const RULE = 'block-list';
/** How often the files are looked at, in time of the traffic. */
const REFRESH_US = minutes(1);

const SETTINGS = {
  files: { description: 'lists of addresses, networks and names, one a line', default: [] as readonly string[] },
} as const;

const plugin = defineRule({
  rule: RULE,
  title: 'Traffic to a block list',
  meaning:
    'A machine talked to, or asked for, an address or name that is on a list you gave: of malware, of advertisement, of whatever it is ' +
    'a list of. What came in from there and was answered is information.',
  falsePositives:
    'Lists grow old: addresses get other owners, and many names share one address. The list decides, kaipo does not.',
  severity: 'warning',
  settings: SETTINGS,
  quietUs: hours(1),
  create: ({ files }) => new BlockList(files),
});

/** A file that is named must be there when kaipo starts. */
export const blockListPlugin: typeof plugin = {
  ...plugin,
  parseConfig(raw) {
    const values = parseSettings(RULE, SETTINGS, raw);
    for (const path of values.files) {
      try {
        accessSync(path, constants.R_OK);
      } catch (error) {
        throw new Error(`${RULE}: files: ${(error as Error).message}`);
      }
    }
    return values;
  },
};

class BlockList implements Detector {
  readonly wants: Detector['wants'];
  readonly #files: BlockFiles;
  readonly #said = new Said(minutes(10));
  #refreshedUs = 0;

  constructor(paths: readonly string[]) {
    this.#files = new BlockFiles(paths, (text) => process.emitWarning(text, { type: 'kaipo' }));
    // Without a list there is nothing to look for, and nothing to pay.
    this.wants = paths.length === 0 ? [] : ['flow.ended', 'dns.asked'];
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    const { book } = this.#files;
    for (const event of events) {
      if (event.kind === 'dns.asked') {
        const entry = book.entryOfName(event.name);
        if (entry !== undefined && this.#said.may(`${event.client.ip} ${entry}`, event.tsUs))
          out.write({
            kind: 'alert.raised',
            tsUs: event.tsUs,
            rule: RULE,
            severity: 'warning',
            subject: entry,
            summary: `${event.client.ip} asked for ${event.name}, which is on a block list`,
            evidence: { client: event.client.ip, entry, name: event.name, resolver: event.server.ip },
            key: `${event.client.ip} ${entry}`,
            scope: { host: event.client.ip, direction: 'out' },
          });
      } else if (event.kind === 'flow.ended') this.#flow(event.flow, event.tsUs, out);
    }
  }

  onTick(nowUs: number): void {
    if (this.wants.length === 0 || (nowUs - this.#refreshedUs < REFRESH_US && nowUs >= this.#refreshedUs)) return;
    this.#refreshedUs = nowUs;
    this.#files.refresh();
  }

  #flow(flow: FlowRecord, tsUs: number, out: EventWriter): void {
    const { book } = this.#files;
    const name = flow.serverName === undefined ? undefined : book.entryOfName(flow.serverName);
    const entry = name ?? (book.hasAddress(flow.server.ip) ? flow.server.ip : undefined);
    if (entry !== undefined) {
      this.#say(flow, tsUs, entry, false, out);
      return;
    }
    // Who knocks without an answer is everywhere.
    if (flow.server.packets > 0 && book.hasAddress(flow.client.ip)) this.#say(flow, tsUs, flow.client.ip, true, out);
  }

  #say(flow: FlowRecord, tsUs: number, entry: string, isIncoming: boolean, out: EventWriter): void {
    const who = isIncoming ? serverText(flow) : flow.client.ip;
    const key = `${isIncoming ? flow.server.ip : flow.client.ip} ${entry}`;
    if (!this.#said.may(key, tsUs)) return;
    const finding: AlertRaised = {
      kind: 'alert.raised',
      tsUs,
      rule: RULE,
      severity: isIncoming ? 'info' : 'warning',
      subject: entry,
      summary: isIncoming
        ? `${entry}, on a block list, talked to ${who}`
        : `${who} talked to ${entry}, which is on a block list`,
      evidence: { ...flowEvidence(flow), entry, bytes: flow.client.bytes + flow.server.bytes },
      key,
      scope: isIncoming ? { ...scopeOf(flow), host: flow.client.ip, direction: 'in' } : scopeOf(flow),
    };
    out.write(finding);
  }
}
