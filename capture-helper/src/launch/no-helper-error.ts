// The answer when capturing is not possible: what was looked at, what fixes it, the exit code.
import { HELPER_EXIT_NO_PERMISSION, HELPER_EXIT_UNAVAILABLE } from '../contract/index.js';
import type { HelperCandidate } from './find-helpers.js';

/** No helper can be used by this process. Carries what was looked at and the one command that changes it. */
export class NoHelperError extends Error {
  readonly candidates: readonly HelperCandidate[];
  readonly fix: string | undefined;
  /** 77 when privileges are all that is missing, else 69. */
  readonly exitCode: number;

  /** `fix` when the caller knows a better one than the nearest candidate's. */
  constructor(candidates: readonly HelperCandidate[], fix?: string) {
    const closest = closestToUsable(candidates);
    super(`no capture helper can be used: ${closest?.why ?? 'none was looked for'}`);
    this.name = 'NoHelperError';
    this.candidates = candidates;
    this.fix = fix ?? closest?.fix;
    this.exitCode = present(candidates).length > 0 ? HELPER_EXIT_NO_PERMISSION : HELPER_EXIT_UNAVAILABLE;
  }
}

/** Candidates that are on this machine and lack only a privilege. */
function present(candidates: readonly HelperCandidate[]): HelperCandidate[] {
  return candidates.filter((candidate) => /privilege|group|capabilities/.test(candidate.why));
}

function closestToUsable(candidates: readonly HelperCandidate[]): HelperCandidate | undefined {
  return present(candidates)[0] ?? candidates.find((candidate) => candidate.place === 'built') ?? candidates[0];
}
