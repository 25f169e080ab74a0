// Wi-Fi frames and the radio headers in front of them, up to the LLC header of a data frame in clear.
/** @hot */
import {
  avsLength,
  isAvs,
  PRISM_MIN_LEN,
  prismLength,
  RADIOTAP_MIN_LEN,
  radiotapIsPadded,
  radiotapLength,
  WLAN_DATA_MIN_LEN,
  WLAN_MIN_LEN,
  wlanCarriesLlc,
  wlanIsData,
  wlanIsVersion0,
  wlanLlcAt,
} from '../wire/ieee80211.js';
import type { Cursor } from './cursor.js';
import { LAYER_END, LAYER_LLC, LAYER_WLAN, type Layer } from './layers.js';

export const wlanLayer = (c: Cursor): Layer => wlanFrame(c, false);

export function radiotapLayer(c: Cursor): Layer {
  const at = c.at;
  if (at + RADIOTAP_MIN_LEN > c.end) return c.short();
  const length = radiotapLength(c.bytes, at);
  if (c.bytes[at] !== 0 || length < RADIOTAP_MIN_LEN) return c.bad();
  if (!c.skip(length)) return c.short();
  return wlanFrame(c, radiotapIsPadded(c.bytes, at, c.at));
}

export function prismLayer(c: Cursor): Layer {
  const at = c.at;
  if (at + PRISM_MIN_LEN > c.end) return c.short();
  const length = isAvs(c.bytes, at) ? avsLength(c.bytes, at) : prismLength(c.bytes, at);
  if (length < PRISM_MIN_LEN) return c.bad();
  return c.skip(length) ? LAYER_WLAN : c.short();
}

function wlanFrame(c: Cursor, padded: boolean): Layer {
  const at = c.at;
  if (at + WLAN_MIN_LEN > c.end) return c.short();
  if (!wlanIsVersion0(c.bytes, at)) return c.bad();
  if (!wlanIsData(c.bytes, at)) return LAYER_END;
  if (at + WLAN_DATA_MIN_LEN > c.end) return c.short();
  if (!wlanCarriesLlc(c.bytes, at)) return LAYER_END;
  const llc = wlanLlcAt(c.bytes, at, c.end, padded);
  return c.skip(llc - at) ? LAYER_LLC : c.short();
}
