// Running sums of remote hosts, found by the words of an address: it becomes text once a row, not once a look. Owns the way from address
// to row. Bound: that of TrafficTable, which sums what does not fit.
import { ipv4WordText, ipv6WordsText } from '../wire/address-text.js';
import { AddressMap } from './address-map.js';
import { OTHER, type RunningRow, TrafficTable } from './traffic-table.js';

export class HostTable extends TrafficTable {
  readonly #byAddress: AddressMap<RunningRow>;

  constructor(capacity: number) {
    super(capacity);
    this.#byAddress = new AddressMap(capacity);
  }

  /** `at`: where the words of the address are. */
  rowAt(words: ArrayLike<number>, at: number, version: number): RunningRow {
    const known = this.#byAddress.get(words, at, version);
    if (known !== undefined) return known;
    if (this.isFull) return this.row(OTHER);
    const made = this.row(textOf(words, at, version));
    this.#byAddress.add(words, at, version, made);
    return made;
  }

  override prune(): void {
    const before = this.merged;
    super.prune();
    if (this.merged > before) this.#byAddress.filter((row) => this.has(row.name));
  }
}

function textOf(words: ArrayLike<number>, at: number, version: number): string {
  return version === 4
    ? ipv4WordText(words[at]!)
    : ipv6WordsText(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
}
