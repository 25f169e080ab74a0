// Which package a program runs from, by the path of its file: AppImage, snap, flatpak. Owns: where these mount what they run.
// Must not know processes. Bound: one look at one path; names of at most MAX_NAME characters.
import { basename } from 'node:path';
import { safeText } from '../kernel/safe-text.js';

const MAX_NAME = 64;

export interface PackagedExe {
  /** `appimage:Obsidi`, `snap:firefox`, `flatpak:org.mozilla.firefox`. */
  readonly container: string;
  /** Only where the name of the file says nothing. */
  readonly app?: string;
}

/** The runtime of AppImage mounts at /tmp/.mount_ and the begin of the image's name and six random characters. */
const APP_IMAGE = /\/\.mount_([^/]{1,64}?)[A-Za-z0-9]{6}\//;
const SNAP = /^(?:\/var\/lib\/snapd)?\/snap\/([a-z0-9][a-z0-9_-]{0,63})\/[^/]+\//;
const FLATPAK = /\/flatpak\/app\/([\w-]+(?:\.[\w-]+)+)\//;

export function packageOfExe(exe: string): PackagedExe | undefined {
  const image = APP_IMAGE.exec(exe);
  if (image !== null) {
    const name = safeText(image[1]!, MAX_NAME);
    return { container: `appimage:${name}`, ...(/^AppRun/.test(basename(exe)) && { app: name }) };
  }
  const snap = SNAP.exec(exe)?.[1];
  // The base a snap runs on is not what runs.
  if (snap !== undefined && !/^(?:core\d*|bare|snapd)$/.test(snap)) return { container: `snap:${snap}` };
  const flatpak = FLATPAK.exec(exe)?.[1];
  return flatpak === undefined ? undefined : { container: `flatpak:${safeText(flatpak, MAX_NAME)}` };
}
