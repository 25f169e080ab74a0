// DHCPv6 (RFC 8415). Owns: naming the flow, and what a client says about itself: full name (RFC 4704), vendor class.
// Bound: reads eight datagrams of a flow.
import { DONE, defineProtocol, type FlowReader, MATCH, NOT_MINE, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { DHCPV6_CLIENT_FQDN, DHCPV6_VENDOR_CLASS, dhcpv6OptionAt, isDhcpv6 } from '@kaipo/core/wire/dhcpv6.js';
import { labelsText } from '@kaipo/core/wire/label-text.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

export const dhcpv6Plugin = defineProtocol('DHCPv6: what devices call themselves when they ask for an address', {
  name: 'dhcpv6',
  transports: ['udp'],
  ports: [546, 547],
  isPortBound: true,
  probe: (p) => (isDhcpv6(p.bytes, p.start, p.end) ? MATCH : NOT_MINE),
  open: (flow) => new Dhcpv6Reader(flow),
});

const MAX_DATAGRAMS = 8;
const ENTERPRISE_LEN = 4;

class Dhcpv6Reader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #left = MAX_DATAGRAMS;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (isDhcpv6(bytes, start, end)) {
      const name = fqdnText(bytes, start, end);
      const vendor = vendorText(bytes, start, end);
      if (name !== '' || vendor !== '')
        this.#flow.setDetails({
          ...(name !== '' && { deviceName: name }),
          ...(vendor !== '' && { deviceVendor: vendor }),
        });
    }
    this.#left -= 1;
    return this.#left > 0 ? end - start : DONE;
  }
}

/** A byte of flags, then labels. */
function fqdnText(bytes: Uint8Array, start: number, end: number): string {
  const at = dhcpv6OptionAt(bytes, start, end, DHCPV6_CLIENT_FQDN);
  if (at < 0) return '';
  return labelsText(bytes, at + 1, at + u16(bytes, at - 2));
}

/** An enterprise number, then texts with two bytes of length: the first one. */
function vendorText(bytes: Uint8Array, start: number, end: number): string {
  const at = dhcpv6OptionAt(bytes, start, end, DHCPV6_VENDOR_CLASS);
  if (at < 0) return '';
  const stop = at + u16(bytes, at - 2);
  const text = at + ENTERPRISE_LEN + 2;
  if (text > stop) return '';
  const length = u16(bytes, text - 2);
  return text + length > stop ? '' : utf8Text(bytes, text, text + length).trim();
}
