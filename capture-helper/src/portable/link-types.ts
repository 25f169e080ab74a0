// What cap calls a link layer -> LINKTYPE number of the stream (tcpdump.org/linktypes.html).

/** Names cap gives to the few it knows (its binding.cc, Open). */
const NAMED: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: 1,
  IEEE802_11_RADIO: 127,
  LINKTYPE_LINUX_SLL: 113,
  RAW: 101,
};

/** DLT values below 104 that differ from their LINKTYPE (libpcap pcap-common.c); the others are the same number. */
const DLT_TO_LINKTYPE: Readonly<Record<number, number>> = { 11: 100, 12: 101, 13: 102, 14: 101, 15: 102, 16: 103 };

/** LINKTYPE for the text `Cap.open` returned, or undefined when it names none. */
export function linkTypeNumber(name: string): number | undefined {
  if (Object.hasOwn(NAMED, name)) return NAMED[name];
  const dlt = /^Unknown linktype (\d{1,5})$/.exec(name)?.[1];
  return dlt === undefined ? undefined : (DLT_TO_LINKTYPE[Number(dlt)] ?? Number(dlt));
}
