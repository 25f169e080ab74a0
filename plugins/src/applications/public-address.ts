// Can a database know this address? Owns: the ranges that belong to nobody in particular (IANA special-purpose registries, RFC 6890).

/** False for private, shared, loopback, link-local, multicast, documentation and reserved addresses, and for what is no address. */
export function isPublicAddress(ip: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped !== null) return isPublicAddress(mapped[1]!);
  return ip.includes(':') ? isPublicV6(ip.toLowerCase()) : isPublicV4(ip);
}

function isPublicV4(ip: string): boolean {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(ip);
  if (match === null) return false;
  const [a, b, c, d] = match.slice(1).map(Number) as [number, number, number, number];
  if (a > 255 || b > 255 || c > 255 || d > 255) return false;
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100) return b < 64 || b > 127;
  if (a === 169) return b !== 254;
  if (a === 172) return b < 16 || b > 31;
  if (a === 192) return b !== 168 && !(b === 0 && (c === 0 || c === 2));
  if (a === 198) return b !== 18 && b !== 19 && !(b === 51 && c === 100);
  return !(a === 203 && b === 0 && c === 113);
}

/** Global unicast is 2000::/3 (RFC 4291); of it, documentation is out. */
function isPublicV6(ip: string): boolean {
  if (!/^[0-9a-f:]{3,39}$/.test(ip) || ip.startsWith('::')) return false;
  const first = Number.parseInt(ip, 16);
  if (!(first >= 0x2000 && first <= 0x3fff)) return false;
  return !/^(2001:0?db8:|3fff:)/.test(ip);
}
