// Service, container and package names from a cgroup path. Owns: the patterns of the programs that make cgroups.
// Must not know: processes. Bound: one line of MAX_CGROUP_TEXT characters; results are safe text of at most 128.
import { safeText } from '../kernel/safe-text.js';

const MAX_CGROUP_TEXT = 4096;
const MAX_NAME = 128;

export interface CgroupNames {
  /** systemd's innermost service or scope. */
  readonly unit?: string;
  /** `docker:0123456789ab`, `podman:…`, `containerd:…`, `crio:…`, `lxc:name`, `machine:name`, `snap:name`, `flatpak:id`. */
  readonly container?: string;
}

/** Engines that put the 64 hexadecimal digits of a container into the path. Twelve of them are shown, as the engines do. */
const CONTAINER_IDS: readonly (readonly [string, RegExp])[] = [
  ['podman', /(?:^|\/)libpod-([0-9a-f]{12})[0-9a-f]{52}/],
  ['containerd', /(?:^|\/)cri-containerd[-:]([0-9a-f]{12})[0-9a-f]{52}/],
  ['crio', /(?:^|\/)crio-([0-9a-f]{12})[0-9a-f]{52}/],
  ['docker', /(?:^|\/)docker[-/]([0-9a-f]{12})[0-9a-f]{52}/],
  // Kubernetes with the cgroupfs driver names no engine.
  ['kubepods', /(?:^|\/)kubepods[^/]*\/(?:[^/]+\/)*([0-9a-f]{12})[0-9a-f]{52}/],
];

const NAMED: readonly (readonly [string, RegExp])[] = [
  ['lxc', /(?:^|\/)lxc(?:\.payload\.|\/)([^/]+)/],
  ['machine', /(?:^|\/)machine-([^/]+)\.scope/],
  ['snap', /(?:^|\/)snap\.([^./]+)\.[^/]*\.(?:scope|service)/],
  ['flatpak', /(?:^|\/)app-flatpak-([^/]+?)-\d+\.scope/],
];

/** @param text /proc/PID/cgroup: `0::/path` (version 2) or `n:controllers:/path` lines (version 1). */
export function cgroupNames(text: string): CgroupNames {
  const path = unescapeUnit(pathOf(text.slice(0, MAX_CGROUP_TEXT)));
  const unit = path.match(/([^/]+\.(?:service|scope))(?=\/|$)(?!.*\/[^/]+\.(?:service|scope)(?:\/|$))/)?.[1];
  const container = firstMatch(CONTAINER_IDS, path) ?? firstMatch(NAMED, path);
  return {
    ...(unit === undefined ? {} : { unit: safeText(unit, MAX_NAME) }),
    ...(container === undefined ? {} : { container: safeText(container, MAX_NAME) }),
  };
}

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

function firstMatch(patterns: readonly (readonly [string, RegExp])[], path: string): string | undefined {
  for (const [kind, pattern] of patterns) {
    const name = pattern.exec(path)?.[1];
    if (name !== undefined) return `${kind}:${name}`;
  }
  return undefined;
}
