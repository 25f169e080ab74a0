// DNS numbers as the mnemonics people use. Source: IANA "Domain Name System (DNS) Parameters", registries of RR types,
// QTYPEs and RCODEs. Bound: constant tables.

const TYPES = new Map<number, string>();

/** `first`, `first + 1`, … in the order of the registry. */
function number(first: number, names: string): void {
  for (const [i, name] of names.split(' ').entries()) TYPES.set(first + i, name);
}

number(1, 'A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP NSAP-PTR SIG KEY');
number(26, 'PX GPOS AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME SINK OPT APL DS SSHFP IPSECKEY RRSIG NSEC');
number(48, 'DNSKEY DHCID NSEC3 NSEC3PARAM TLSA SMIMEA');
number(55, 'HIP NINFO RKEY TALINK CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS DSYNC HHIT BRID');
number(99, 'SPF UINFO UID GID UNSPEC NID L32 L64 LP EUI48 EUI64');
number(128, 'NXNAME');
number(249, 'TKEY TSIG IXFR AXFR MAILB MAILA ANY URI CAA AVC DOA AMTRELAY RESINFO WALLET CLA IPN');
number(32768, 'TA DLV');

/** 28 -> "AAAA"; a number without a name -> "TYPE1234" (RFC 3597 section 5). */
export function dnsTypeText(type: number): string {
  return TYPES.get(type) ?? `TYPE${type}`;
}

const RCODES = [
  ...['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH'],
  ...['NOTZONE', 'DSOTYPENI', 'RCODE12', 'RCODE13', 'RCODE14', 'RCODE15', 'BADVERS', 'BADKEY', 'BADTIME', 'BADMODE'],
  ...['BADNAME', 'BADALG', 'BADTRUNC', 'BADCOOKIE'],
] as const;

/** 3 -> "NXDOMAIN"; a number without a name -> "RCODE77". */
export function dnsRcodeText(rcode: number): string {
  return RCODES[rcode] ?? `RCODE${rcode}`;
}
