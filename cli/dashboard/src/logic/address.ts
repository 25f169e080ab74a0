// Addresses of the API with what is asked. Owns that names without a value are left out. Must not know where the API is.

export type AskedValue = string | number | boolean | undefined | readonly string[];

/** `hosts?period=today&interface=eth0&interface=wlan0`. */
export function addressOf(name: string, ...asked: readonly Readonly<Record<string, AskedValue>>[]): string {
  const search = new URLSearchParams();
  for (const [key, value] of asked.flatMap((part) => Object.entries(part))) {
    if (value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(key, String(one));
  }
  const text = search.toString();
  return text === '' ? name : `${name}?${text}`;
}
