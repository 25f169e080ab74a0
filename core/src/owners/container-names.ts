// What people call a container, from the files its engine keeps. Owns: where Docker, Podman and Kubernetes keep names, and a
// cache. Must not know processes. Bound: MAX_NAMES names, asked again after KEEP_MS; files of at most MAX_FILE_BYTES.
// Who may not read these files (nobody but root, mostly) gets the digits of the id, and no error.
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { safeText } from '../kernel/safe-text.js';
import { cgroupContainer, cgroupNames } from './cgroup-names.js';

const MAX_NAMES = 4096;
const MAX_NAME = 96;
const KEEP_MS = 60_000;
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_PODS = 4096;

export class ContainerNames {
  readonly #root: string;
  readonly #home: string;
  readonly #known = new Map<string, { readonly name: string | undefined; readonly atMs: number }>();

  /** @param root of the file system; tests have their own. */
  constructor(root = '/', home = homedir()) {
    this.#root = root;
    this.#home = home;
  }

  /** `docker:web` of the text of /proc/PID/cgroup; undefined: no container, or nobody tells its name. */
  nameOf(cgroup: string): string | undefined {
    const container = cgroupContainer(cgroup);
    if (container === undefined) return undefined;
    const known = this.#known.get(container.id);
    if (known !== undefined && performance.now() - known.atMs < KEEP_MS) return known.name;
    const found = this.#find(container.engine, container.id, cgroupNames(cgroup).pod);
    const name = found === undefined ? undefined : safeText(found, MAX_NAME);
    if (this.#known.size >= MAX_NAMES) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(container.id, { name, atMs: performance.now() });
    return name;
  }

  #find(engine: string, id: string, pod: string | undefined): string | undefined {
    if (pod !== undefined) {
      const name = this.#podName(pod);
      return name === undefined ? undefined : `kubernetes:${name}`;
    }
    if (engine === 'docker') return prefixed('docker', this.#dockerName(id));
    if (engine === 'podman') return prefixed('podman', this.#podmanName(id));
    return undefined;
  }

  #dockerName(id: string): string | undefined {
    const folders = [join(this.#root, 'var/lib/docker'), join(this.#home, '.local/share/docker')];
    for (const folder of folders) {
      const config = readJson(join(folder, 'containers', id, 'config.v2.json'));
      const name = (config as { Name?: unknown } | undefined)?.Name;
      if (typeof name === 'string') return name.replace(/^\//, '');
    }
    return undefined;
  }

  #podmanName(id: string): string | undefined {
    const folders = [
      join(this.#root, 'var/lib/containers/storage'),
      join(this.#root, 'run/containers/storage'),
      join(this.#home, '.local/share/containers/storage'),
    ];
    for (const folder of folders) {
      for (const file of ['containers.json', 'volatile-containers.json']) {
        const list = readJson(join(folder, 'overlay-containers', file));
        const found = Array.isArray(list) ? list.find((entry) => entry?.id === id)?.names?.[0] : undefined;
        if (typeof found === 'string') return found;
      }
    }
    return undefined;
  }

  /** The kubelet names a folder of logs NAMESPACE_POD_UID. */
  #podName(uid: string): string | undefined {
    const folder = filesIn(join(this.#root, 'var/log/pods')).find((name) => name.endsWith(`_${uid}`));
    const [namespace, pod] = folder?.split('_') ?? [];
    return pod === undefined ? undefined : `${namespace}/${pod}`;
  }
}

const prefixed = (engine: string, name: string | undefined): string | undefined => name && `${engine}:${name}`;

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, MAX_PODS);
  } catch {
    return [];
  }
}

function readJson(path: string): unknown {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const { size } = fstatSync(fd);
    if (size > MAX_FILE_BYTES) return undefined;
    const bytes = Buffer.alloc(size);
    return JSON.parse(bytes.toString('utf8', 0, readSync(fd, bytes, 0, size, 0)));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
