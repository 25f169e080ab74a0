// Who made the card with this address, for plugins and screens. Owns: when the registry is loaded: at the first question, once.
// The file is made at build beside this one (.ci/make-mac-vendors.mjs). Bound: 1 MB. Without the file nobody is known.
import { readFileSync } from 'node:fs';
import { MacVendors } from './mac-vendors.js';

const FILE = new URL('./mac-vendors.bin', import.meta.url);
let loaded: { readonly vendors: MacVendors | undefined } | undefined;

/** Vendor as the registry writes it, without its legal form; "randomised"; undefined when nobody knows. */
export function vendorOf(mac: Uint8Array | string): string | undefined {
  loaded ??= { vendors: load() };
  return loaded.vendors?.vendorOf(mac);
}

function load(): MacVendors | undefined {
  try {
    return MacVendors.over(readFileSync(FILE));
  } catch {
    return undefined;
  }
}
