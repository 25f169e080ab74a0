// What a helper says about itself in custom blocks, as TypeScript sees it after parsing.

/** How the helper stands after the drop. Read by the helper from /proc/self/status, not from what it meant to do. */
export interface PrivilegeReport {
  readonly helper: 'native' | 'portable';
  readonly version: string;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly capEff: string;
  readonly capPrm: string;
  readonly capAmb: string;
  readonly capBnd: string;
  readonly noNewPrivs: boolean;
  /** 0 none, 2 filter. */
  readonly seccomp: number;
  /** `kernel`: stamped by the kernel as the packet passed; `receive`: by the helper when it read the packet. */
  readonly timestamps: 'kernel' | 'receive';
  /** Are kernel drops known? The portable helper cannot know them. */
  readonly drops: 'counted' | 'unknown';
  /** Does the stream carry kernel events about sockets and processes? */
  readonly events: boolean;
  readonly ringMiB: number;
}

export interface InterfaceNotice {
  readonly interfaceId: number;
  readonly name: string;
  /** `down`: exists but is not up, capture goes on when it returns. `gone`: deleted. `up`: back again. */
  readonly state: 'down' | 'gone' | 'up';
}

/** What a helper is started with. Becomes its argv and nothing else: it reads no file and takes no command. */
export interface HelperOptions {
  readonly interfaces: readonly string[];
  readonly filter?: string;
  readonly snaplen?: number;
  readonly ringMiB?: number;
}

/** Exit codes of a helper, from sysexits.h, so that a person who runs it by hand understands. */
export const HELPER_EXIT_OK = 0;
export const HELPER_EXIT_USAGE = 64;
export const HELPER_EXIT_BAD_FILTER = 65;
export const HELPER_EXIT_NO_INTERFACE = 66;
export const HELPER_EXIT_UNAVAILABLE = 69;
export const HELPER_EXIT_IO = 74;
export const HELPER_EXIT_NO_PERMISSION = 77;
