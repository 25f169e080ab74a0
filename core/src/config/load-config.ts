// The configuration that holds, and where each value comes from: flags > KAIPO_* > files > defaults, merged by key.
// Sits on the start of every command: what checks (schema, TOML) is loaded only when there is something to check.
import { type ConfigPlace, configPlaces, type PlaceSources, readConfigFile } from './config-file.js';
import { DEFAULT_CONFIG, type KaipoConfig } from './kaipo-config.js';
import { isForeignVariable } from './own-variables.js';

export interface ConfigSources extends PlaceSources {
  /** Flags that are settings; the command line has checked them. */
  readonly flags?: ConfigFlags;
}

export interface ConfigFlags {
  readonly storePath?: string;
  readonly captureInterfaces?: readonly string[];
  readonly filter?: string;
  readonly snaplen?: number;
  readonly ringMiB?: number;
}

export interface ValueOrigin {
  readonly from: 'file' | 'environment' | 'flag';
  /** `path:line`, `KAIPO_…` or `--flag`. */
  readonly where: string;
}

export interface SetValue {
  /** As a file would have it: "30s", 7373, ["eth0"]; paths are absolute. */
  readonly value: unknown;
  readonly origin: ValueOrigin;
}

export interface LoadedConfig {
  readonly config: KaipoConfig;
  /**
   * Everything that somebody set, by dotted key: monitoring.poll_interval, store.retention.1h, plugins.NAME.KEY; lists of
   * tables (cap, alerts.webhook) as a whole. What is not here is a default.
   */
  readonly values: ReadonlyMap<string, SetValue>;
  /** Files that were read, strongest first. */
  readonly files: readonly string[];
  /** For a person: variables that mean nothing. */
  readonly warnings: readonly string[];
}

export interface ConfigText extends ConfigPlace {
  readonly text: string;
}

/**
 * Reads all sources. Raises KAIPO_BAD_CONFIG with every problem of every source, one a line (`path:line:column: what`), and
 * KAIPO_NO_INPUT when the named file is not there. Takes under a millisecond when nothing is set.
 */
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const texts = configPlaces(sources).flatMap((place): ConfigText[] => {
    const text = readConfigFile(place);
    return text === undefined ? [] : [{ ...place, text }];
  });
  const hasVariables = Object.keys(sources.env).some((name) => name.startsWith('KAIPO_') && !isForeignVariable(name));
  if (texts.length === 0 && !hasVariables) {
    return withFlags({ config: DEFAULT_CONFIG, values: new Map(), files: [], warnings: [] }, sources.flags);
  }
  const { mergeConfig } = await import('./merge-config.js');
  return withFlags(mergeConfig(texts, sources), sources.flags);
}

function withFlags(loaded: LoadedConfig, flags: ConfigFlags = {}): LoadedConfig {
  const { storePath, captureInterfaces, filter, snaplen, ringMiB } = flags;
  const { config } = loaded;
  const set: readonly (readonly [string, string, unknown])[] = [
    ['store.path', '--store', storePath],
    ['capture.interfaces', '--interface', captureInterfaces],
    ['capture.filter', '--filter', filter],
    ['capture.snaplen', '--snaplen', snaplen],
    ['capture.ring_mib', '--ring-mib', ringMiB],
  ];
  const given = set.filter(([, , value]) => value !== undefined);
  if (given.length === 0) return loaded;
  const values = new Map(loaded.values);
  for (const [key, where, value] of given) values.set(key, { value, origin: { from: 'flag', where } });
  return {
    ...loaded,
    values,
    config: {
      ...config,
      store: { ...config.store, ...(storePath !== undefined && { path: storePath }) },
      capture: {
        ...config.capture,
        ...(captureInterfaces !== undefined && { interfaces: captureInterfaces }),
        ...(filter !== undefined && { filter }),
        ...(snaplen !== undefined && { snaplen }),
        ...(ringMiB !== undefined && { ringMiB }),
      },
    },
  };
}
