// One line of a diagnosis. Must not know: how anything is checked, or printed.

/** ok: as it should be. warn: kaipo runs, with less. fail: something is broken. */
export type CheckStatus = 'ok' | 'warn' | 'fail';

export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  /** One sentence: what was found. */
  readonly detail: string;
  /** The one command, or change, that makes it ok. */
  readonly fix?: string;
}

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail });
export const warn = (name: string, detail: string, fix?: string): Check => withFix(name, 'warn', detail, fix);
export const fail = (name: string, detail: string, fix?: string): Check => withFix(name, 'fail', detail, fix);

function withFix(name: string, status: CheckStatus, detail: string, fix: string | undefined): Check {
  return { name, status, detail, ...(fix === undefined ? {} : { fix }) };
}
