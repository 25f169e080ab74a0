// Supervises a capture. Owns: restarts with back-off, the watch for a silent helper, the orderly end. Knows nothing of packets:
// bytes pass through. Bounds: MAX_RESTARTS in RESTART_WINDOW_MS; a helper that says nothing for STALE_MS is replaced.
import {
  HELPER_EXIT_BAD_FILTER,
  HELPER_EXIT_NO_INTERFACE,
  HELPER_EXIT_NO_PERMISSION,
  HELPER_EXIT_UNAVAILABLE,
  HELPER_EXIT_USAGE,
} from '../contract/index.js';
import { FIX_SETUP, type HelperKind } from './find-helpers.js';
import type { HelperLink, LinkEnd } from './helper-link.js';
import { NoHelperError } from './no-helper-error.js';

export interface CaptureStart {
  /** 1 for the first helper, one more for each restart. */
  readonly attempt: number;
  readonly helper: HelperKind;
  readonly pid?: number;
}

export interface CaptureEnd {
  readonly reason: 'closed' | 'failed';
  readonly message?: string;
  readonly exitCode?: number;
  /** The one command that would make it work. */
  readonly fix?: string;
}

export interface CaptureHandler {
  /** A new helper: the bytes that follow are a new pcapng stream from its first byte. */
  onStart(info: CaptureStart): void;
  /** Where the next bytes of the stream are read to, when the reader has memory for them. */
  space?(): Uint8Array | undefined;
  /** Valid during the call only. */
  onBytes(bytes: Uint8Array): void;
  /** Packets may have been missed from now until the next onStart. Half a block may have been delivered: discard it. */
  onGap(reason: string): void;
  onNotice(text: string): void;
  /** Once; nothing follows. */
  onEnd(end: CaptureEnd): void;
}

export interface CaptureSession {
  /** The helper that runs now, or ran last. */
  readonly helper: HelperKind;
  /** Stops reading: the kernel's ring fills and counts what it drops. */
  pause(): void;
  resume(): void;
  /** Orderly end: every byte the helper still has is delivered, then onEnd('closed'). Resolves after that, within 3 s. */
  stop(): Promise<void>;
  /** The analyzer found the stream hostile or broken: this helper is ended and another one started. */
  reject(reason: string): void;
}

/** Where helpers come from. `next` gives the one for a restart; throws NoHelperError when none can be had any more. */
export interface HelperSupply {
  readonly first: HelperLink;
  next(onNotice: (text: string) => void): Promise<HelperLink>;
  /** Lets go of what was kept ready. */
  close(): void;
}

const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 5000;
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
const STOP_DEADLINE_MS = 3000;
/** Statistics come every second, so three silent ones mean that nobody is there. Counted in ticks, not by the clock: when this
 * process itself was stopped or the machine slept, one tick passes, and what waits in the socket is read before the next. */
const TICK_MS = 500;
const STALE_TICKS = 6;
/** Until the first byte a helper may take longer: on a busy machine the portable one needs a second to load. */
const FIRST_BYTE_TICKS = 20;
const MAX_NOTICES_PER_HELPER = 20;

const FINAL_AT_FIRST_START = [
  HELPER_EXIT_USAGE,
  HELPER_EXIT_BAD_FILTER,
  HELPER_EXIT_NO_INTERFACE,
  HELPER_EXIT_UNAVAILABLE,
  HELPER_EXIT_NO_PERMISSION,
];
/** What a second try cannot change. A missing interface may come back, a service may start again. */
const FINAL_ALWAYS = [HELPER_EXIT_USAGE, HELPER_EXIT_BAD_FILTER, HELPER_EXIT_NO_PERMISSION];

/** Starts to supervise; onStart comes in a later turn of the event loop. */
export function superviseCapture(supply: HelperSupply, handler: CaptureHandler): CaptureSession {
  return new SupervisedCapture(supply, handler);
}

class SupervisedCapture implements CaptureSession {
  readonly #supply: HelperSupply;
  readonly #handler: CaptureHandler;
  #link: HelperLink | undefined;
  #helper: HelperKind;
  #attempt = 0;
  #bytesOfLink = 0;
  #silentTicks = 0;
  #heard = false;
  #notices = 0;
  #paused = false;
  #restarts: number[] = [];
  #ticker: NodeJS.Timeout | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #stopTimer: NodeJS.Timeout | undefined;
  #stopping = false;
  #ended = false;
  readonly #end: Promise<void>;
  #resolveEnd: () => void = () => {};

  constructor(supply: HelperSupply, handler: CaptureHandler) {
    this.#supply = supply;
    this.#handler = handler;
    this.#helper = supply.first.helper;
    this.#end = new Promise((resolve) => {
      this.#resolveEnd = resolve;
    });
    this.#ticker = setInterval(() => this.#watch(), TICK_MS);
    this.#restartTimer = setTimeout(() => this.#begin(supply.first), 0);
  }

  get helper(): HelperKind {
    return this.#helper;
  }

  pause(): void {
    this.#paused = true;
    this.#link?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#silentTicks = 0;
    this.#link?.resume();
  }

  stop(): Promise<void> {
    if (this.#ended || this.#stopping) return this.#end;
    this.#stopping = true;
    this.#supply.close();
    clearTimeout(this.#restartTimer);
    const link = this.#link;
    if (link === undefined) {
      // Not begun, or between two helpers: there is no stream to finish.
      if (this.#attempt === 0) this.#supply.first.destroy();
      this.#finish({ reason: 'closed' });
      return this.#end;
    }
    this.#stopTimer = setTimeout(() => {
      link.destroy();
      this.#finish({
        reason: 'closed',
        message: 'the helper did not end in order within 3 s: its last packets are lost',
      });
    }, STOP_DEADLINE_MS);
    this.resume();
    link.finish();
    return this.#end;
  }

  reject(reason: string): void {
    if (this.#ended || this.#link === undefined) return;
    const link = this.#link;
    link.destroy();
    if (this.#stopping) this.#finish({ reason: 'closed', message: reason });
    else this.#restart(reason, { message: reason });
  }

  #begin(link: HelperLink): void {
    if (this.#ended || this.#stopping) {
      link.destroy();
      return;
    }
    this.#link = link;
    this.#helper = link.helper;
    this.#attempt += 1;
    this.#bytesOfLink = 0;
    this.#silentTicks = 0;
    this.#notices = 0;
    const { pid } = link;
    this.#handler.onStart({ attempt: this.#attempt, helper: link.helper, ...(pid !== undefined && { pid }) });
    if (this.#paused) link.pause();
    link.attach({
      space: () => this.#handler.space?.(),
      onBytes: (bytes) => {
        this.#bytesOfLink += bytes.length;
        this.#heard = true;
        this.#handler.onBytes(bytes);
      },
      onLine: (text) => {
        if (this.#notices < MAX_NOTICES_PER_HELPER) this.#handler.onNotice(text);
        this.#notices += 1;
      },
      onEnd: (end) => this.#linkEnded(end),
    });
  }

  #linkEnded(end: LinkEnd): void {
    const code = end.exitCode;
    if (this.#stopping) {
      this.#finish({ reason: 'closed', ...(code !== undefined && { exitCode: code }) });
      return;
    }
    const final = this.#attempt === 1 && this.#bytesOfLink === 0 ? FINAL_AT_FIRST_START : FINAL_ALWAYS;
    if (code !== undefined && final.includes(code)) {
      this.#fail(end.message || `the capture helper ended with exit code ${code}`, code);
      return;
    }
    this.#restart(describeEnd(this.#helper, end), end);
  }

  #restart(reason: string, end: LinkEnd): void {
    this.#link = undefined;
    this.#handler.onGap(reason);
    // onGap may have called stop().
    if (this.#ended || this.#stopping) return;
    const now = performance.now();
    this.#restarts = this.#restarts.filter((at) => now - at < RESTART_WINDOW_MS);
    if (this.#restarts.length >= MAX_RESTARTS) {
      this.#fail(`the capture helper failed ${MAX_RESTARTS + 1} times within a minute, last: ${reason}`, end.exitCode);
      return;
    }
    const delayMs = Math.min(FIRST_BACK_OFF_MS * 2 ** this.#restarts.length, MAX_BACK_OFF_MS);
    this.#restarts.push(now);
    this.#restartTimer = setTimeout(() => void this.#startNext(reason), delayMs);
  }

  async #startNext(reason: string): Promise<void> {
    let link: HelperLink;
    try {
      link = await this.#supply.next((text) => this.#handler.onNotice(text));
    } catch (error) {
      const fix = error instanceof NoHelperError ? error.fix : undefined;
      const code = error instanceof NoHelperError ? error.exitCode : HELPER_EXIT_UNAVAILABLE;
      this.#fail(`${reason}; it cannot be started again: ${(error as Error).message}`, code, fix);
      return;
    }
    this.#begin(link);
  }

  #watch(): void {
    if (this.#paused || this.#link === undefined) return;
    if (this.#heard) {
      this.#heard = false;
      this.#silentTicks = 0;
      return;
    }
    this.#silentTicks += 1;
    if (this.#stopping || this.#silentTicks < (this.#bytesOfLink > 0 ? STALE_TICKS : FIRST_BYTE_TICKS)) return;
    this.reject(`the capture helper said nothing for ${(this.#silentTicks * TICK_MS) / 1000} s`);
  }

  #fail(message: string, exitCode: number | undefined, fix?: string): void {
    const command = fix ?? (exitCode === HELPER_EXIT_NO_PERMISSION ? FIX_SETUP : undefined);
    this.#finish({
      reason: 'failed',
      message,
      ...(exitCode !== undefined && { exitCode }),
      ...(command !== undefined && { fix: command }),
    });
  }

  #finish(end: CaptureEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#link = undefined;
    clearInterval(this.#ticker);
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#stopTimer);
    this.#supply.close();
    this.#handler.onEnd(end);
    this.#resolveEnd();
  }
}

function describeEnd(helper: HelperKind, end: LinkEnd): string {
  if (helper === 'service')
    return `the capture service closed the stream${end.message === '' ? '' : `: ${end.message}`}`;
  // The cap package aborts its process when an interface it captures on goes down or is deleted.
  if (helper === 'portable' && end.signal === 'SIGABRT')
    return 'an interface went down, which ends the portable helper';
  if (end.signal !== undefined) return `the capture helper was killed by ${end.signal}`;
  if (end.exitCode === undefined)
    return `the capture helper closed its stream${end.message === '' ? '' : `: ${end.message}`}`;
  return `the capture helper ended with exit code ${end.exitCode}${end.message === '' ? '' : `: ${end.message}`}`;
}
