// Is an address of the own network, or of no single host at all? Owns: RFC 1918, 3927, 4193, 4291, 6598, loopback, multicast, broadcast.
// Documentation ranges count as foreign: whoever uses them means somebody else's address.

/** True for what is reached without leaving the own network. What is no address is not local. */
export const isLocalAddress = (ip: string): boolean => (ip.includes(':') ? isLocalV6(ip) : isLocalV4(ip));

function isLocalV4(ip: string): boolean {
  const dot = ip.indexOf('.');
  const first = Number(ip.slice(0, dot));
  if (first === 10 || first === 127 || first === 0 || first >= 224) return true;
  if (first !== 192 && first !== 172 && first !== 169 && first !== 100) return false;
  const second = Number(ip.slice(dot + 1, ip.indexOf('.', dot + 1)));
  if (first === 192) return second === 168;
  if (first === 172) return second >= 16 && second < 32;
  return first === 169 ? second === 254 : second >= 64 && second < 128;
}

function isLocalV6(ip: string): boolean {
  if (ip.startsWith('::ffff:') && ip.includes('.')) return isLocalV4(ip.slice(7));
  return ip === '::1' || ip === '::' || /^f([cdf]|e[89ab])/i.test(ip);
}
