// Keeps a plugin that throws from hurting the run: after three strikes it is out, and that is said once. Owns: the counts by name.
// Bound: one entry for each analyzer or protocol that ever threw.
export const MAX_STRIKES = 3;

export class Strikes {
  /** Has anybody thrown yet? The cheap question before `isOut`. */
  hasAny = false;
  readonly #counts = new Map<string, number>();
  readonly #onFault: (text: string) => void;

  /** `onFault` is told once about each that is out. */
  constructor(onFault: (text: string) => void) {
    this.#onFault = onFault;
  }

  isOut(name: string): boolean {
    return (this.#counts.get(name) ?? 0) >= MAX_STRIKES;
  }

  /** Out at once: it cannot even begin. */
  stop(name: string, error: unknown): void {
    this.#counts.set(name, MAX_STRIKES - 1);
    this.add(name, error);
  }

  add(name: string, error: unknown): void {
    this.hasAny = true;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    if (count !== MAX_STRIKES) return;
    const message = error instanceof Error ? error.message : String(error);
    this.#onFault(`"${name}" failed ${MAX_STRIKES} times and was stopped; the run goes on without it: ${message}`);
  }
}
