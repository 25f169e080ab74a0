// What traffic costs. Owns: exact rounding, and that parts add up: sent + received = total, and the days of a period to the
// period. A GB is 1,000,000,000 bytes, as providers count. Must not know where bytes come from.

/** CONTRACT: REST. `cost` in units of the currency. */
export interface Money {
  readonly cost: number;
  readonly cost_formatted: string;
}

export interface TrafficCost {
  readonly sent: Money;
  readonly received: Money;
  readonly total: Money;
}

export interface TrafficBytes {
  readonly txBytes: number;
  readonly rxBytes: number;
}

export interface Price {
  readonly ratePerGb: number;
  /** ISO 4217; checked where it is configured. */
  readonly currency: string;
}

/** Rates are kept to a millionth of a unit. */
const RATE_PARTS = 1_000_000;
const GB = 1_000_000_000n;

/**
 * Each direction rounded half up to the smallest unit of the currency (cents, yen, fils); the total is their sum, so it may be
 * one such unit away from the rounded product of all bytes.
 */
export function costOf(bytes: TrafficBytes, price: Price): TrafficCost {
  return costSteps([bytes], price).total;
}

/**
 * The cost of consecutive parts of one period. A part costs what the sum grew by when it was added: rounded parts add up to
 * the rounded total in each column, and no part is negative.
 */
export function costSteps(
  parts: readonly TrafficBytes[],
  price: Price,
): { readonly steps: readonly TrafficCost[]; readonly total: TrafficCost } {
  const money = moneyOf(price.currency);
  const rate = BigInt(Math.round(price.ratePerGb * RATE_PARTS));
  const units = (bytes: number): number => minorUnits(bytes, rate, money.digits);
  let [tx, rx, sentBefore, receivedBefore] = [0, 0, 0, 0];
  const cost = (sent: number, received: number): TrafficCost => ({
    sent: money.of(sent),
    received: money.of(received),
    total: money.of(sent + received),
  });
  const steps = parts.map(({ txBytes, rxBytes }) => {
    tx += txBytes;
    rx += rxBytes;
    const [sent, received] = [units(tx), units(rx)];
    const step = cost(sent - sentBefore, received - receivedBefore);
    [sentBefore, receivedBefore] = [sent, received];
    return step;
  });
  return { steps, total: cost(units(tx), units(rx)) };
}

/** Exact: doubles would round halves the wrong way now and then. */
function minorUnits(bytes: number, rate: bigint, digits: number): number {
  const product = BigInt(Math.round(bytes)) * rate * 10n ** BigInt(digits);
  const divisor = GB * BigInt(RATE_PARTS);
  return Number((product + divisor / 2n) / divisor);
}

interface Currency {
  /** 2 for EUR, 0 for JPY, 3 for KWD. */
  readonly digits: number;
  of(minorUnits: number): Money;
}

const currencies = new Map<string, Currency>();

/** One formatter a currency: making one takes longer than formatting a hundred amounts. */
function moneyOf(currency: string): Currency {
  const known = currencies.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const made: Currency = {
    digits,
    of: (minor) => {
      const cost = minor / 10 ** digits;
      return { cost, cost_formatted: format.format(cost) };
    },
  };
  currencies.set(currency, made);
  return made;
}
