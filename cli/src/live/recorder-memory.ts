// The memory of a recorder. Owns the one setting. V8 doubles the space of young objects whenever some of them live for a while, as
// intervals do that wait for the next write, and rarely gives it back: half an hour of intervals took 41 MB of anonymous memory,
// and 30 MB with a space that stays as it is at the start. Collecting it oftener costs nothing to speak of at a few thousand
// objects a second; where packets are captured it would, so there V8 does as it likes.
import { setFlagsFromString } from 'node:v8';

/** To be called before anything large is loaded. V8 asks for the factor whenever it is about to grow the space. */
export function keepMemorySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** V8's own factor again. */
export function letMemoryGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
