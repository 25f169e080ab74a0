// What the API answers about settings, as far as the page reads it. Owns the shapes.

export type SettingOrigin = 'default' | 'file' | 'environment' | 'flag';

export interface ShownSetting {
  readonly key: string;
  readonly value?: unknown;
  readonly default?: unknown;
  readonly origin: SettingOrigin;
  /** `path:line`, `KAIPO_…` or `--flag`. */
  readonly where?: string;
  readonly description?: string;
  /** What a value must be, in words. */
  readonly must?: string;
  readonly choices?: readonly string[];
  readonly writable: boolean;
  readonly needsRestart: boolean;
}

export interface InterfaceChoice {
  readonly name: string;
  /** Absent: chosen, and not there at the moment. */
  readonly class?: string;
  readonly up: boolean;
  readonly speedMbit?: number;
  readonly counted: boolean;
  readonly monitored: boolean;
}

export interface ConfigAnswer {
  readonly file: string;
  readonly fileExists: boolean;
  readonly writable: boolean;
  readonly recorder: { readonly running: boolean; readonly pid?: number };
  readonly settings: readonly ShownSetting[];
  readonly interfaces: readonly InterfaceChoice[];
}

export interface ChangedSetting {
  readonly key: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface MadeChanges {
  readonly changed: readonly ChangedSetting[];
  readonly overridden: readonly { readonly key: string; readonly where: string }[];
  readonly needRestart: readonly string[];
  readonly recorder: {
    readonly running: boolean;
    readonly applied?: readonly string[];
    readonly detail?: string;
    readonly fix?: string;
  };
}

export interface ConfigWritten extends ConfigAnswer {
  readonly made: MadeChanges;
}
