// How soon V8 optimizes a function. Owns: one flag of V8, set before anything heavy is loaded. Node only: this runs as root under sudo.
import { setFlagsFromString } from 'node:v8';

/**
 * Bytecode a function runs between two looks at whether it is hot; V8's own 67,584 is for pages. A monitor has hundreds of functions
 * that are each called some thousand times in the first seconds: optimizing them all at once took half the processor time of these
 * seconds, from threads that compete with the capture. What is really hot is found a moment later all the same.
 */
const INTERRUPT_BUDGET = 200_000;
/** V8 complains on stderr about a flag it does not know, so only versions this was measured with: Node 20. */
export const MEASURED_V8 = /^11\./;

export function compileLater(): void {
  if (MEASURED_V8.test(process.versions.v8)) setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
