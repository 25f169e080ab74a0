// GTP, the tunnels of mobile networks: control (versions 1 and 2), charging (GTP'), and of the user plane what the decoder leaves.
// Owns: the recognition, on the ports of each.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { isGtpControl1, isGtpControl2, isGtpPrime, isGtpUser } from '@kaipo/core/wire/gtp-control.js';

const CONTROL = 2123;
const USER = 2152;
const CHARGING = 3386;

const isPort = (p: Probe, port: number): boolean => p.serverPort === port || p.clientPort === port;

/** A length that is exact, version and reserved bits, a known message: 26 bits and more. */
function probe(p: Probe): Verdict {
  const { bytes, start, end, isCut } = p;
  if (isPort(p, CONTROL) && (isGtpControl1(bytes, start, end, isCut) || isGtpControl2(bytes, start, end, isCut)))
    return MATCH;
  if (isPort(p, USER) && isGtpUser(bytes, start, end, isCut)) return MATCH;
  return isPort(p, CHARGING) && isGtpPrime(bytes, start, end, isCut) ? MATCH : NOT_MINE;
}

export const gtpPlugin = defineProtocol('Tunnels of mobile networks (GTP)', {
  name: 'gtp',
  transports: ['udp'],
  ports: [CONTROL, USER, CHARGING],
  isPortBound: true,
  probe,
});
