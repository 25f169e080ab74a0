// Names rows of a live view, so that they can be asked about when they have moved, and by another process. Owns: what a row's key is.
import type { LiveSubject } from './live-details.js';
import type { LiveApp, LiveFlow, LiveHost, LiveProcess } from './live-snapshot.js';
import { appKeyOf, ownerKey } from './owner-key.js';

const MAX_KEY = 1024;

export const flowSubject = ({ id }: Pick<LiveFlow, 'id'>): LiveSubject => ({ kind: 'flow', key: id });
export const hostSubject = ({ ip }: Pick<LiveHost, 'ip'>): LiveSubject => ({ kind: 'host', key: ip });
/** Its name, who runs it, and where. */
export const appSubject = (app: LiveApp | LiveProcess): LiveSubject => ({ kind: 'app', key: cut(ownerKey(app)) });
/** Processes that ended are part of their application. */
export const processSubject = (process: LiveProcess): LiveSubject =>
  process.pid === undefined ? appSubject(process) : { kind: 'process', key: String(process.pid) };

const cut = (key: string): string => key.slice(0, MAX_KEY);

/** Is this the row of that key? */
export const isApp = (app: LiveApp | LiveProcess, key: string): boolean => cut(ownerKey(app)) === key;
export const isFlowOfApp = (flow: LiveFlow, key: string): boolean =>
  flow.app !== undefined && cut(appKeyOf(flow, flow.app)) === key;
