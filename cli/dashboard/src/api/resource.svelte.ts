// An answer of the API that a page shows: asked when the page appears and whenever its address changes, asked again after a while.
// Owns: loading, errors, that an old question is called off, and that nothing is asked while nobody looks. To be made in a component.
import { backOffSeconds } from '../logic/back-off.js';
import { getJson, type Problem, problemOf } from './request.js';

export interface ResourceOptions {
  /** Asked again after so many seconds; never without it. */
  readonly refreshS?: number;
}

export class Resource<T> {
  /** The last answer; it stays while the next one is awaited. */
  data = $state.raw<T>();
  /** Why there is no newer answer. */
  error = $state.raw<Problem>();
  /** A question is on its way. */
  isLoading = $state(true);
  /** What is in `data` answers another question than the one asked now. */
  isStale = $state(false);
  #round = $state(0);

  /** Asks again, at once. */
  reload(): void {
    this.#round += 1;
  }

  /** @internal The round at hand; reading it in an effect makes `reload` run it. */
  get round(): number {
    return this.#round;
  }
}

/** @param address what to ask (api/request.ts), or undefined while there is nothing to ask. */
export function resource<T>(address: () => string | undefined, options: ResourceOptions = {}): Resource<T> {
  const answer = new Resource<T>();
  let asked: string | undefined;
  $effect(() => {
    const name = address();
    void answer.round;
    answer.isStale = name !== asked;
    asked = name;
    if (name === undefined) {
      answer.isLoading = false;
      return;
    }
    return asking(name, answer, options);
  });
  return answer;
}

/** @returns what calls it off */
function asking<T>(name: string, answer: Resource<T>, { refreshS }: ResourceOptions): () => void {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failed = 0;
  let dueMs = 0;

  const again = (seconds: number): void => {
    dueMs = Date.now() + seconds * 1000;
    timer = setTimeout(ask, seconds * 1000);
  };
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    // Nobody looks: asked when somebody does.
    if (document.hidden && answer.data !== undefined) {
      dueMs = 1;
      return;
    }
    dueMs = 0;
    answer.isLoading = true;
    try {
      const data = await getJson<T>(name, abort.signal);
      if (abort.signal.aborted) return;
      failed = 0;
      answer.data = data;
      answer.error = undefined;
      answer.isStale = false;
      if (refreshS !== undefined) again(refreshS);
    } catch (error) {
      if (abort.signal.aborted) return;
      failed += 1;
      answer.error = problemOf(error);
      // What was asked wrongly is wrong the next time, too; a server that is away comes back.
      if (answer.error.status === 0 || answer.error.status >= 500) again(backOffSeconds(failed, Math.random()));
    } finally {
      if (!abort.signal.aborted) answer.isLoading = false;
    }
  };
  const seen = (): void => {
    if (!document.hidden && dueMs > 0 && Date.now() >= dueMs) void ask();
  };
  document.addEventListener('visibilitychange', seen);
  void ask();
  return () => {
    abort.abort();
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
  };
}
