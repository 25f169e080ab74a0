// When events were lost or switched off: what was known before says nothing about what came after. Owns: these times.
// Bound: MAX_WINDOWS; older ones are joined with the next.
const MAX_WINDOWS = 64;

interface Window {
  fromUs: number;
  toUs: number;
}

export class LossWindows {
  readonly #windows: Window[] = [];

  /** Nothing that happened between these moments is known. */
  add(fromUs: number, toUs: number): void {
    const last = this.#windows.at(-1);
    if (last !== undefined && fromUs <= last.toUs) {
      last.toUs = Math.max(last.toUs, toUs);
      return;
    }
    this.#windows.push({ fromUs, toUs });
    if (this.#windows.length <= MAX_WINDOWS) return;
    const oldest = this.#windows.shift()!;
    this.#windows[0]!.fromUs = oldest.fromUs;
  }

  /** Was anything lost between these moments? */
  touches(fromUs: number, toUs: number): boolean {
    return this.#windows.some((window) => window.fromUs <= toUs && window.toUs >= fromUs);
  }
}
