// What bytes cost at a price, for the example beside the field. Owns the text; what is charged is worked out by the server.
const GB = 1e9;

/** Undefined where there is no price, or no currency a browser knows. A GB is 1,000,000,000 bytes. */
export function costText(bytes: number, ratePerGb: unknown, currency: string): string | undefined {
  if (typeof ratePerGb !== 'number' || !(ratePerGb >= 0)) return undefined;
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    return format.format((bytes / GB) * ratePerGb);
  } catch {
    return undefined;
  }
}
