// An application or a process in all detail, and the owner of a flow. Owns: which facts are told, in which order, and what each is known
// from. Must not know screens. Bound: SHOWN rows of each kind of sum.
import type { FlowOwner } from '../api/events.js';
import { formatByteRate, formatBytes } from '../kernel/units.js';
import { SectionMaker, SumsByName, sections, spanText, timeText } from './detail-section.js';
import type { DetailKnowledge, DetailSection, LiveDetails, LiveSubject } from './live-details.js';
import type { LiveFlow, LiveProcess, LiveSnapshot, SumsRow } from './live-snapshot.js';
import { isApp, isFlowOfApp } from './live-subject.js';
import { QUALITY_WORDS } from './quality-words.js';

const SHOWN = 10;

export function ownerSection(owner: FlowOwner | undefined, nowUs: number, knowledge: DetailKnowledge): SectionMaker {
  const made = new SectionMaker('Owner');
  if (owner === undefined) return made.add('application', 'unknown', QUALITY_WORDS.unknown);
  return processRows(made, owner, nowUs, knowledge);
}

/** What is known of a process, as it was found and as it is now. */
function processRows(made: SectionMaker, owner: FlowOwner, nowUs: number, knowledge: DetailKnowledge): SectionMaker {
  const { app, pid, unit, container, quality } = owner;
  const found = pid === undefined ? undefined : knowledge.processOf?.(pid);
  // The number may be another process's by now.
  const now = found?.app === app ? found : undefined;
  const startUs = owner.startUs ?? now?.startUs;
  const parents = owner.parents ?? now?.parents;
  return made
    .add('application', app, QUALITY_WORDS[quality])
    .add('process', pid, quality)
    .add('program', owner.exe ?? now?.exe, owner.exe === undefined ? 'the process, as it runs now' : undefined)
    .add('user', owner.user ?? now?.user)
    .add('unit', unit ?? now?.unit, 'control group')
    .add('container', container ?? now?.container, 'control group')
    .add('started', startUs && `${timeText(startUs, nowUs)}, ${spanText(Math.max(0, nowUs - startUs))} ago`)
    .add(
      'started by',
      parentsText(parents),
      owner.parents === undefined ? 'the process, as it runs now' : 'kernel events',
    );
}

const parentsText = (parents: FlowOwner['parents']): string | undefined =>
  parents?.map(({ pid, app }) => `${app} (${pid})`).join(' ◂ ');

export function appDetails(
  subject: LiveSubject,
  snapshot: LiveSnapshot,
  knowledge: DetailKnowledge,
): LiveDetails | undefined {
  const app = snapshot.apps.find((row) => isApp(row, subject.key));
  if (app === undefined) return undefined;
  const processes = (snapshot.processes ?? []).filter((row) => isApp(row, subject.key));
  const running = processes.filter(({ pid }) => pid !== undefined);
  const ended = processes.reduce((sum, row) => sum + (row.ended ?? 0), 0);
  const exes = [...new Set([app, ...running].flatMap(({ exe }) => exe ?? []))];
  const parents = [...new Set(running.slice(0, SHOWN).flatMap((row) => parentsOf(row, knowledge) ?? []))];
  const startUs = Math.min(...running.flatMap((row) => row.startUs ?? []), Number.POSITIVE_INFINITY);
  const flows = snapshot.flows.filter((flow) => isFlowOfApp(flow, subject.key));
  const about = new SectionMaker('Application')
    .add('name', app.app, QUALITY_WORDS[app.quality])
    .list('programs', exes.slice(0, SHOWN))
    .add('user', app.user)
    .add('unit', app.unit, 'control group')
    .add('container', app.container, 'control group')
    .list(
      'processes',
      running.slice(0, SHOWN).map(({ pid }) => pid!),
    )
    .add('processes that ended', ended === 0 ? undefined : ended)
    .list('started by', parents.slice(0, SHOWN))
    .add('running since', Number.isFinite(startUs) ? timeText(startUs, snapshot.tsUs) : undefined, 'its oldest process')
    .add('service', app.service, 'all of its flows');
  return { subject, title: app.app, sections: [about.made(), ...trafficSections(app, flows, snapshot)] };
}

export function processDetails(
  subject: LiveSubject,
  snapshot: LiveSnapshot,
  knowledge: DetailKnowledge,
): LiveDetails | undefined {
  const pid = Number(subject.key);
  const row = snapshot.processes?.find((process) => process.pid === pid);
  if (row === undefined) return undefined;
  const flows = snapshot.flows.filter((flow) => flow.pid === pid && flow.app === row.app);
  const about = processRows(new SectionMaker('Process'), row, snapshot.tsUs, knowledge);
  return { subject, title: `${row.app} (${pid})`, sections: [about.made(), ...trafficSections(row, flows, snapshot)] };
}

function parentsOf(row: LiveProcess, knowledge: DetailKnowledge): string | undefined {
  const found = row.pid === undefined || row.parents !== undefined ? undefined : knowledge.processOf?.(row.pid);
  const [nearest] = row.parents ?? (found?.app === row.app ? found.parents : []);
  return nearest && `${nearest.app} (${nearest.pid})`;
}

/** Of whoever has these flows. */
function trafficSections(
  row: SumsRow,
  flows: readonly LiveFlow[],
  { tsUs, intervalUs }: LiveSnapshot,
): DetailSection[] {
  const [hosts, protocols, services] = [new SumsByName(), new SumsByName(), new SumsByName()];
  for (const flow of flows) {
    const bytes = flow.txBytesTotal + flow.rxBytesTotal;
    hosts.add(flow.serverName ?? flow.remote.ip, bytes, flow.country ?? flow.zone);
    protocols.add(flow.protocol ?? flow.transport, bytes);
    services.add(flow.service, bytes, flow.category);
  }
  return sections(
    trafficSection(row, tsUs, intervalUs),
    hosts.section('Largest destinations', SHOWN),
    services.section('Services', SHOWN),
    protocols.section('Protocols', SHOWN),
  );
}

export function trafficSection(row: SumsRow, nowUs: number, intervalUs: number): SectionMaker {
  const seconds = Math.max(0.001, intervalUs / 1e6);
  return new SectionMaker('Traffic')
    .add('received', `${formatBytes(row.rxBytesTotal)}, ${formatByteRate(row.rxBytes / seconds)} now`)
    .add('sent', `${formatBytes(row.txBytesTotal)}, ${formatByteRate(row.txBytes / seconds)} now`)
    .add('flows', row.flows, 'open now')
    .add('first seen', row.sinceUs && timeText(row.sinceUs, nowUs), 'first packet of its first flow');
}
