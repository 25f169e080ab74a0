// Service, container, pod and package names from a cgroup path. Owns: the patterns of the programs that make cgroups.
// Must not know: processes. Bound: one line of MAX_CGROUP_TEXT characters; results are safe text of at most 128.
import { safeText } from '../kernel/safe-text.js';

const MAX_CGROUP_TEXT = 4096;
const MAX_NAME = 128;

export interface CgroupNames {
  /** systemd's innermost service or scope. */
  readonly unit?: string;
  /**
   * `docker:0123456789ab`, `podman:…`, `containerd:…`, `crio:…`, `lxc:name`, `nspawn:name`, `qemu:name`, `machine:name`,
   * `snap:name`, `flatpak:id`. A container inside another one of its engine: `docker:0123456789ab/ba9876543210`.
   */
  readonly container?: string;
  /** Kubernetes: the uid of the pod. */
  readonly pod?: string;
}

/** Engines that put the 64 hexadecimal digits of a container into the path. Twelve of them are shown, as the engines do. */
const CONTAINER_IDS: readonly (readonly [string, RegExp])[] = [
  // libpod-payload-: what crun puts below; libpod-conmon- is the monitor outside and none of these.
  ['podman', /(?:^|\/)libpod-(?:payload-)?([0-9a-f]{64})/g],
  ['containerd', /(?:^|\/)cri-containerd[-:]([0-9a-f]{64})/g],
  ['crio', /(?:^|\/)crio-([0-9a-f]{64})/g],
  ['docker', /(?:^|\/)docker[-/]([0-9a-f]{64})/g],
  // Kubernetes with the cgroupfs driver names no engine.
  ['kubepods', /(?:^|\/)kubepods[^/]*\/(?:[^/]+\/)*([0-9a-f]{64})/g],
];

const NAMED: readonly (readonly [string, RegExp])[] = [
  ['lxc', /(?:^|\/)lxc(?:\.payload\.|\/)([^/]+)/],
  ['nspawn', /(?:^|\/)systemd-nspawn@([^/]+)\.service/],
  ['qemu', /(?:^|\/)machine-qemu-\d+-([^/]+)\.scope/],
  ['machine', /(?:^|\/)machine-([^/]+)\.scope/],
  ['snap', /(?:^|\/)snap\.([^./]+)\.[^/]*\.(?:scope|service)/],
  ['flatpak', /(?:^|\/)app-flatpak-([^/]+?)-\d+\.scope/],
];

/** `pod` and a uid whose dashes systemd's driver writes as underscores. */
const POD = /(?:^|[/-])pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})\b/;

/** @param text /proc/PID/cgroup: `0::/path` (version 2) or `n:controllers:/path` lines (version 1). */
export function cgroupNames(text: string): CgroupNames {
  const path = cgroupPath(text);
  const unit = path.match(/([^/]+\.(?:service|scope))(?=\/|$)(?!.*\/[^/]+\.(?:service|scope)(?:\/|$))/)?.[1];
  const ids = containerIds(path);
  const container = ids === undefined ? namedContainer(path) : `${ids.engine}:${ids.ids.map(shortId).join('/')}`;
  const pod = path.includes('kubepods') ? POD.exec(path)?.[1]?.replaceAll('_', '-') : undefined;
  return {
    ...(unit === undefined ? {} : { unit: safeText(unit, MAX_NAME) }),
    ...(container === undefined ? {} : { container: safeText(container, MAX_NAME) }),
    ...(pod === undefined ? {} : { pod }),
  };
}

/** All 64 digits of the outermost container and the engine that made it: what its files are named after. */
export function cgroupContainer(text: string): { readonly engine: string; readonly id: string } | undefined {
  const found = containerIds(cgroupPath(text));
  return found && { engine: found.engine, id: found.ids[0]! };
}

const cgroupPath = (text: string): string => unescapeUnit(pathOf(text.slice(0, MAX_CGROUP_TEXT)));

/** systemd's own hierarchy, else version 2, else the longest path there is. */
function pathOf(text: string): string {
  const lines = text.split('\n').map((line) => /^(\d+):([^:]*):(.*)$/.exec(line));
  const named = lines.find((match) => match?.[2] === 'name=systemd')?.[3];
  const unified = lines.find((match) => match?.[1] === '0')?.[3];
  const longest = lines.reduce((best, match) => ((match?.[3]?.length ?? 0) > best.length ? match![3]! : best), '');
  return [named, unified].find((path) => path !== undefined && path !== '/') ?? longest;
}

/** systemd writes unusual characters of a name as \xNN. */
function unescapeUnit(path: string): string {
  return path.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Outermost first; of a container in a container the outermost and the innermost. */
function containerIds(path: string): { readonly engine: string; readonly ids: readonly string[] } | undefined {
  for (const [engine, pattern] of CONTAINER_IDS) {
    const ids = [...new Set(Array.from(path.matchAll(pattern), (match) => match[1]!))];
    if (ids.length > 0) return { engine, ids: ids.length > 1 ? [ids[0]!, ids.at(-1)!] : ids };
  }
  return undefined;
}

function namedContainer(path: string): string | undefined {
  for (const [kind, pattern] of NAMED) {
    const name = pattern.exec(path)?.[1];
    if (name !== undefined) return `${kind}:${name}`;
  }
  return undefined;
}

const shortId = (id: string): string => id.slice(0, 12);
