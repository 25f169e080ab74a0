// From a LINKTYPE_ number to the first layer. A number without a line here is unsupported: counted, never guessed at.
/** @hot */
import { u32 } from '../wire/bytes.js';
import { ARCNET_LEN, ARCNET_LINUX_LEN, IP_OVER_FC_LEN } from '../wire/lan-headers.js';
import { SWITCH_TAG_LEN } from '../wire/link-tags.js';
import * as link from '../wire/link-types.js';
import {
  encLayer,
  erfLayer,
  ipnetLayer,
  loopbackLayer,
  nflogLayer,
  pflogLayer,
  pktapLayer,
  ppiLayer,
  sll2Layer,
  sllLayer,
  unsupported,
} from './cooked-layers.js';
import type { Cursor } from './cursor.js';
import { taggedEthernetLayer } from './ethertype-layers.js';
import {
  LAYER_CHDLC,
  LAYER_END,
  LAYER_ETHERNET,
  LAYER_FRAME_RELAY,
  LAYER_IP,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_PPPOE,
  LAYER_WLAN,
  type Layer,
} from './layers.js';
import {
  arcnetLayer,
  atmLayer,
  docsisLayer,
  fddiLayer,
  ieee1394Layer,
  ipoibLayer,
  juniperLayer,
  mfrLayer,
  slipLayer,
  sunAtmLayer,
  tokenRingLayer,
} from './old-link-layers.js';
import { sctpLayer } from './transport-layers.js';
import { serialLayer } from './wan-layers.js';
import { prismLayer, radiotapLayer } from './wlan-layers.js';

const DIRECTION_LEN = 1;
/** Marvell's own EtherType, two reserved bytes, and the tag. */
const EDSA_TAG_LEN = 8;
const NETANALYZER_LEN = 4;
const PREAMBLE_LEN = 8;

export function linkLayer(c: Cursor): Layer {
  switch (c.linkType) {
    case link.LINK_ETHERNET:
      return LAYER_ETHERNET;
    case link.LINK_LINUX_SLL:
      return sllLayer(c);
    case link.LINK_LINUX_SLL2:
      return sll2Layer(c);
    case link.LINK_RAW:
    case link.LINK_RAW_BSD:
    case link.LINK_RAW_OPENBSD:
    case link.LINK_IPV4:
    case link.LINK_IPV6:
      return LAYER_IP; // the version is in the packet; some writers confuse the last two
    case link.LINK_NULL:
    case link.LINK_LOOP:
      return loopbackLayer(c);
    case link.LINK_PPP:
    case link.LINK_PPP_SERIAL:
      return serialLayer(c);
    case link.LINK_PPP_WITH_DIR:
      return c.skip(DIRECTION_LEN) ? serialLayer(c) : c.short();
    case link.LINK_PPP_PPPD:
      return c.skip(2 * DIRECTION_LEN) ? serialLayer(c) : c.short(); // the direction is in place of the address byte
    case link.LINK_PPP_ETHER:
      return LAYER_PPPOE;
    case link.LINK_C_HDLC:
      return LAYER_CHDLC;
    case link.LINK_C_HDLC_WITH_DIR:
      return c.skip(DIRECTION_LEN) ? LAYER_CHDLC : c.short();
    case link.LINK_FRELAY:
      return LAYER_FRAME_RELAY;
    case link.LINK_FRELAY_WITH_DIR:
      return c.skip(DIRECTION_LEN) ? LAYER_FRAME_RELAY : c.short();
    case link.LINK_IEEE802_11:
      return LAYER_WLAN;
    case link.LINK_IEEE802_11_RADIO:
      return radiotapLayer(c);
    case link.LINK_PRISM_HEADER:
    case link.LINK_IEEE802_11_RADIO_AVS:
      return prismLayer(c);
    case link.LINK_MPLS:
      return LAYER_MPLS;
    case link.LINK_DSA_TAG_BRCM:
    case link.LINK_DSA_TAG_DSA:
      return taggedEthernetLayer(c, SWITCH_TAG_LEN);
    case link.LINK_DSA_TAG_EDSA:
      return taggedEthernetLayer(c, EDSA_TAG_LEN);
    case link.LINK_DSA_TAG_BRCM_PREPEND:
      return c.skip(SWITCH_TAG_LEN) ? LAYER_ETHERNET : c.short();
    case link.LINK_NETANALYZER:
      return c.skip(NETANALYZER_LEN) ? LAYER_ETHERNET : c.short();
    case link.LINK_NETANALYZER_TRANSPARENT:
      return c.skip(NETANALYZER_LEN + PREAMBLE_LEN) ? LAYER_ETHERNET : c.short();
    case link.LINK_ETHERNET_MPACKET:
      return c.skip(PREAMBLE_LEN) ? LAYER_ETHERNET : c.short();
    case link.LINK_PPI:
      return ppiLayer(c);
    case link.LINK_PKTAP:
      return pktapLayer(c, true);
    case link.LINK_USER2:
      return pktapLayer(c, false);
    case link.LINK_ERF:
      return erfLayer(c);
    case link.LINK_NFLOG:
      return nflogLayer(c);
    case link.LINK_IPNET:
      return ipnetLayer(c);
    case link.LINK_PFLOG:
      return pflogLayer(c);
    case link.LINK_ENC:
      return encLayer(c);
    case link.LINK_SLIP:
      return slipLayer(c);
    case link.LINK_FDDI:
      return fddiLayer(c);
    case link.LINK_TOKEN_RING:
      return tokenRingLayer(c);
    case link.LINK_ARCNET:
      return arcnetLayer(c, ARCNET_LEN);
    case link.LINK_ARCNET_LINUX:
      return arcnetLayer(c, ARCNET_LINUX_LEN);
    case link.LINK_ATM_RFC1483:
      return atmLayer(c);
    case link.LINK_SUNATM:
      return sunAtmLayer(c);
    case link.LINK_IP_OVER_FC:
      return c.skip(IP_OVER_FC_LEN) ? LAYER_LLC : c.short();
    case link.LINK_APPLE_IP_OVER_IEEE1394:
      return ieee1394Layer(c);
    case link.LINK_IPOIB:
      return ipoibLayer(c);
    case link.LINK_DOCSIS:
      return docsisLayer(c);
    case link.LINK_MFR:
      return mfrLayer(c);
    case link.LINK_JUNIPER_ATM1:
    case link.LINK_JUNIPER_ATM2:
    case link.LINK_JUNIPER_CHDLC:
    case link.LINK_JUNIPER_ES:
    case link.LINK_JUNIPER_ETHER:
    case link.LINK_JUNIPER_FRELAY:
    case link.LINK_JUNIPER_GGSN:
    case link.LINK_JUNIPER_MFR:
    case link.LINK_JUNIPER_MLFR:
    case link.LINK_JUNIPER_MLPPP:
    case link.LINK_JUNIPER_MONITOR:
    case link.LINK_JUNIPER_PPP:
    case link.LINK_JUNIPER_PPPOE:
    case link.LINK_JUNIPER_SERVICES:
      return juniperLayer(c);
    default:
      return closedLinkLayer(c);
  }
}

const NETLINK_LEN = 16;
const VSOCK_LEN = 32;
const MS_TP_LEN = 8;
const MS_TP_PREAMBLE = 0x55ff;
const DBUS_LEN = 16;
const DBUS_LITTLE = 0x6c;
const DBUS_BIG = 0x42;
const DBUS_VERSION = 3;

/** Link types that carry no network layer: a sane header is all there is to find. */
function closedLinkLayer(c: Cursor): Layer {
  const at = c.at;
  switch (c.linkType) {
    case link.LINK_NETLINK:
      return c.skip(NETLINK_LEN) ? LAYER_END : c.short();
    case link.LINK_VSOCK:
      return c.skip(VSOCK_LEN) ? LAYER_END : c.short();
    case link.LINK_SCTP:
      return sctpLayer(c);
    case link.LINK_BACNET_MS_TP:
      if (!c.skip(MS_TP_LEN)) return c.short();
      return u32(c.bytes, at) >>> 16 === MS_TP_PREAMBLE ? LAYER_END : c.bad();
    case link.LINK_DBUS:
      if (!c.skip(DBUS_LEN)) return c.short();
      return (c.bytes[at] === DBUS_LITTLE || c.bytes[at] === DBUS_BIG) && c.bytes[at + DBUS_VERSION] === 1
        ? LAYER_END
        : c.bad();
    default:
      return unsupported(c);
  }
}
