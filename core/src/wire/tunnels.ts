// Names of what can be outside the innermost IP header, as numbers of four bits for the `tunnels` column.

export const TUNNEL_GRE = 1;
export const TUNNEL_VXLAN = 2;
export const TUNNEL_IPIP = 3;
export const TUNNEL_GENEVE = 4;
export const TUNNEL_GTP = 5;
export const TUNNEL_TEREDO = 6;
export const TUNNEL_L2TP = 7;
export const TUNNEL_ERSPAN = 8;
export const TUNNEL_AH = 9;
export const TUNNEL_PPTP = 10;
export const TUNNEL_6IN4 = 11;
export const TUNNEL_AYIYA = 12;
export const TUNNEL_CAPWAP = 13;
export const TUNNEL_OTHER = 15;

const TUNNEL_NAMES = [
  '',
  'gre',
  'vxlan',
  'ipip',
  'geneve',
  'gtp',
  'teredo',
  'l2tp',
  'erspan',
  'ah',
  'pptp',
  '6in4',
  'ayiya',
  'capwap',
  'other',
  'other',
] as const;

/** The `tunnels` column as names, outermost first: 0x21 -> ["gre", "vxlan"]. */
export function tunnelNames(packed: number): string[] {
  const names: string[] = [];
  for (let rest = packed >>> 0; rest !== 0; rest >>>= 4) names.push(TUNNEL_NAMES[rest & 0xf] ?? 'other');
  return names;
}
