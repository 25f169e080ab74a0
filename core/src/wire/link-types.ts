// LINKTYPE_ numbers of capture files (https://www.tcpdump.org/linktypes.html): names for people, numbers for the decoder.

export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
export const LINK_TOKEN_RING = 6;
export const LINK_ARCNET = 7;
export const LINK_SLIP = 8;
export const LINK_PPP = 9;
export const LINK_FDDI = 10;
export const LINK_PPP_SERIAL = 50;
export const LINK_PPP_ETHER = 51;
export const LINK_ATM_RFC1483 = 100;
export const LINK_RAW = 101;
export const LINK_C_HDLC = 104;
export const LINK_IEEE802_11 = 105;
export const LINK_FRELAY = 107;
export const LINK_LOOP = 108;
export const LINK_ENC = 109;
export const LINK_LINUX_SLL = 113;
export const LINK_PFLOG = 117;
export const LINK_PRISM_HEADER = 119;
export const LINK_IP_OVER_FC = 122;
export const LINK_SUNATM = 123;
export const LINK_IEEE802_11_RADIO = 127;
export const LINK_ARCNET_LINUX = 129;
export const LINK_JUNIPER_MLPPP = 130;
export const LINK_JUNIPER_MLFR = 131;
export const LINK_JUNIPER_ES = 132;
export const LINK_JUNIPER_GGSN = 133;
export const LINK_JUNIPER_MFR = 134;
export const LINK_JUNIPER_ATM2 = 135;
export const LINK_JUNIPER_SERVICES = 136;
export const LINK_JUNIPER_ATM1 = 137;
export const LINK_APPLE_IP_OVER_IEEE1394 = 138;
export const LINK_USER2 = 149;
export const LINK_IEEE802_11_RADIO_AVS = 163;
export const LINK_JUNIPER_MONITOR = 164;
export const LINK_DOCSIS = 143;
export const LINK_IPOIB = 242;
export const LINK_BACNET_MS_TP = 165;
export const LINK_PPP_PPPD = 166;
export const LINK_JUNIPER_PPPOE = 167;
export const LINK_JUNIPER_ETHER = 178;
export const LINK_JUNIPER_PPP = 179;
export const LINK_JUNIPER_FRELAY = 180;
export const LINK_JUNIPER_CHDLC = 181;
export const LINK_MFR = 182;
export const LINK_PPI = 192;
export const LINK_ERF = 197;
export const LINK_PPP_WITH_DIR = 204;
export const LINK_C_HDLC_WITH_DIR = 205;
export const LINK_FRELAY_WITH_DIR = 206;
export const LINK_MPLS = 219;
export const LINK_IPNET = 226;
export const LINK_IPV4 = 228;
export const LINK_IPV6 = 229;
export const LINK_DBUS = 231;
export const LINK_NFLOG = 239;
export const LINK_NETANALYZER = 240;
export const LINK_NETANALYZER_TRANSPARENT = 241;
export const LINK_SCTP = 248;
export const LINK_NETLINK = 253;
export const LINK_PKTAP = 258;
export const LINK_VSOCK = 271;
export const LINK_ETHERNET_MPACKET = 274;
export const LINK_LINUX_SLL2 = 276;
export const LINK_DSA_TAG_BRCM = 281;
export const LINK_DSA_TAG_BRCM_PREPEND = 282;
export const LINK_DSA_TAG_DSA = 284;
export const LINK_DSA_TAG_EDSA = 285;
/** DLT_RAW of BSDs: files name it by these numbers too. */
export const LINK_RAW_BSD = 12;
export const LINK_RAW_OPENBSD = 14;

/** DLT_ style, as capture tools print them. */
const LINK_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'NULL'],
  [1, 'EN10MB'],
  [3, 'AX25'],
  [6, 'IEEE802'],
  [7, 'ARCNET'],
  [8, 'SLIP'],
  [9, 'PPP'],
  [10, 'FDDI'],
  [12, 'RAW'],
  [14, 'RAW'],
  [50, 'PPP_SERIAL'],
  [51, 'PPP_ETHER'],
  [100, 'ATM_RFC1483'],
  [101, 'RAW'],
  [104, 'C_HDLC'],
  [105, 'IEEE802_11'],
  [107, 'FRELAY'],
  [108, 'LOOP'],
  [109, 'ENC'],
  [113, 'LINUX_SLL'],
  [114, 'LTALK'],
  [117, 'PFLOG'],
  [119, 'PRISM_HEADER'],
  [122, 'IP_OVER_FC'],
  [123, 'SUNATM'],
  [127, 'IEEE802_11_RADIO'],
  [129, 'ARCNET_LINUX'],
  [130, 'JUNIPER_MLPPP'],
  [131, 'JUNIPER_MLFR'],
  [132, 'JUNIPER_ES'],
  [133, 'JUNIPER_GGSN'],
  [134, 'JUNIPER_MFR'],
  [135, 'JUNIPER_ATM2'],
  [136, 'JUNIPER_SERVICES'],
  [137, 'JUNIPER_ATM1'],
  [138, 'APPLE_IP_OVER_IEEE1394'],
  [139, 'MTP2_WITH_PHDR'],
  [140, 'MTP2'],
  [141, 'MTP3'],
  [142, 'SCCP'],
  [143, 'DOCSIS'],
  [144, 'LINUX_IRDA'],
  [147, 'USER0'],
  [148, 'USER1'],
  [149, 'USER2'],
  [150, 'USER3'],
  [151, 'USER4'],
  [152, 'USER5'],
  [153, 'USER6'],
  [154, 'USER7'],
  [155, 'USER8'],
  [156, 'USER9'],
  [157, 'USER10'],
  [158, 'USER11'],
  [159, 'USER12'],
  [160, 'USER13'],
  [161, 'USER14'],
  [162, 'USER15'],
  [163, 'IEEE802_11_RADIO_AVS'],
  [164, 'JUNIPER_MONITOR'],
  [165, 'BACNET_MS_TP'],
  [166, 'PPP_PPPD'],
  [167, 'JUNIPER_PPPOE'],
  [169, 'GPRS_LLC'],
  [177, 'LINUX_LAPD'],
  [178, 'JUNIPER_ETHER'],
  [179, 'JUNIPER_PPP'],
  [180, 'JUNIPER_FRELAY'],
  [181, 'JUNIPER_CHDLC'],
  [182, 'MFR'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [192, 'PPI'],
  [195, 'IEEE802_15_4_WITHFCS'],
  [197, 'ERF'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'],
  [202, 'AX25_KISS'],
  [203, 'LAPD'],
  [204, 'PPP_WITH_DIR'],
  [205, 'C_HDLC_WITH_DIR'],
  [206, 'FRELAY_WITH_DIR'],
  [209, 'IPMB_LINUX'],
  [215, 'IEEE802_15_4_NONASK_PHY'],
  [219, 'MPLS'],
  [220, 'USB_LINUX_MMAPPED'],
  [224, 'FC_2'],
  [225, 'FC_2_WITH_FRAME_DELIMS'],
  [226, 'IPNET'],
  [227, 'CAN_SOCKETCAN'],
  [228, 'IPV4'],
  [229, 'IPV6'],
  [230, 'IEEE802_15_4_NOFCS'],
  [231, 'DBUS'],
  [235, 'DVB_CI'],
  [236, 'MUX27010'],
  [237, 'STANAG_5066_D_PDU'],
  [239, 'NFLOG'],
  [240, 'NETANALYZER'],
  [241, 'NETANALYZER_TRANSPARENT'],
  [242, 'IPOIB'],
  [243, 'MPEG_2_TS'],
  [244, 'NG40'],
  [245, 'NFC_LLCP'],
  [247, 'INFINIBAND'],
  [248, 'SCTP'],
  [249, 'USBPCAP'],
  [250, 'RTAC_SERIAL'],
  [251, 'BLUETOOTH_LE_LL'],
  [253, 'NETLINK'],
  [254, 'BLUETOOTH_LINUX_MONITOR'],
  [255, 'BLUETOOTH_BREDR_BB'],
  [256, 'BLUETOOTH_LE_LL_WITH_PHDR'],
  [257, 'PROFIBUS_DL'],
  [258, 'PKTAP'],
  [259, 'EPON'],
  [260, 'IPMI_HPM_2'],
  [264, 'ISO_14443'],
  [265, 'RDS'],
  [266, 'USB_DARWIN'],
  [268, 'SDLC'],
  [270, 'LORATAP'],
  [271, 'VSOCK'],
  [272, 'NORDIC_BLE'],
  [273, 'DOCSIS31_XRA31'],
  [274, 'ETHERNET_MPACKET'],
  [275, 'DISPLAYPORT_AUX'],
  [276, 'LINUX_SLL2'],
  [277, 'SERCOS_MONITOR'],
  [278, 'OPENVIZSLA'],
  [279, 'EBHSCR'],
  [280, 'VPP_DISPATCH'],
  [281, 'DSA_TAG_BRCM'],
  [282, 'DSA_TAG_BRCM_PREPEND'],
  [283, 'IEEE802_15_4_TAP'],
  [284, 'DSA_TAG_DSA'],
  [285, 'DSA_TAG_EDSA'],
  [286, 'ELEE'],
  [287, 'Z_WAVE_SERIAL'],
  [288, 'USB_2_0'],
  [289, 'ATSC_ALP'],
  [290, 'ETW'],
]);

/** "EN10MB", "RAW", "LINUX_SLL2"; "LINKTYPE_nnn" for a number without a name. */
export function linkTypeName(linkType: number): string {
  return LINK_NAMES.get(linkType) ?? `LINKTYPE_${linkType}`;
}
