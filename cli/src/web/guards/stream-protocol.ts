// Subprotocols of the WebSocket. A browser cannot set Authorization there, so its token travels among the names of subprotocols:
// new WebSocket(url, ['kaipo', `kaipo.token.${token}`]). Owns which one is answered.

export const TOKEN_PROTOCOL = 'kaipo.token.';

/**
 * For `handleProtocols` of ws. A browser that offered some goes on only with one of them: the first without a token. The token is repeated
 * to its owner only where it stands alone.
 */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  const names = [...offered];
  return names.find((name) => !name.startsWith(TOKEN_PROTOCOL)) ?? names[0] ?? false;
}
