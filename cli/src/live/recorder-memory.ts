// The memory of a recorder that reads counters alone. Owns the one setting. V8 doubles the space of young objects whenever some of
// them live for a while, as intervals do that wait for the next write, up to 3 x 16 MB that it rarely gives back: measured over
// hours of intervals, 41 MB of anonymous memory at most, and 32 MB with a space that stays as it is. Collecting it oftener costs
// nothing to speak of at a few thousand objects a second; where packets are captured it would, so there V8 does as it likes.
import { setFlagsFromString } from 'node:v8';

/** Takes effect at once: V8 asks for this factor when it is about to grow the space. */
export function keepMemorySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
