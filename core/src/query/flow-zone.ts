// Where the other end of a closed flow is, told from its addresses alone: history does not know the networks of that day.
import type { FlowRecord } from '../api/events.js';
import type { Zone } from '../kernel/traffic-words.js';
import { TrafficZones } from './traffic-zone.js';

const ZONES_OF_ADDRESSES = new TrafficZones();

export function flowZone({ client, server, localSide }: FlowRecord): Zone {
  if (client.ip === server.ip) return 'host';
  // Which side is ours is known of live flows; of others the server is the other end.
  return ZONES_OF_ADDRESSES.zoneOf(localSide === 'server' ? client.ip : server.ip);
}
