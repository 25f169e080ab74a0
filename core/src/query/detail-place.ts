// Names and places as details tell them. Owns their words.
import type { ServerNameEvidence } from '../api/events.js';
import type { LivePlace } from './live-snapshot.js';

export const SERVER_NAME_FROM: Readonly<Record<ServerNameEvidence, string>> = {
  sni: 'SNI: the client asked for it',
  host: 'Host header',
  dns: 'an earlier DNS answer',
};

export function placeText(place: LivePlace | undefined): string | undefined {
  if (place?.asn === undefined) return place?.network;
  return place.network === undefined ? `AS${place.asn}` : `AS${place.asn} ${place.network}`;
}
