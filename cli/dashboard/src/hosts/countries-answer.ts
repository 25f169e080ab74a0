// What the API answers about countries, as far as the page reads it. Owns the shape.
import type { Sums } from '../api/answers.js';

export interface Countries {
  /** False: no database of countries is installed, or it cannot be read; `detail` says so, `fix` what to do. */
  readonly available: boolean;
  readonly detail?: string;
  readonly fix?: string;
  readonly rows?: readonly (Sums & { readonly country: string; readonly name: string; readonly hosts: number })[];
  /** On the internet, in no country that is known. */
  readonly unplaced?: Sums & { readonly hosts: number };
  readonly total?: Sums;
}
