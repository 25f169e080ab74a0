// Subprotocols of the WebSocket. A browser cannot set Authorization there, so its token travels among the names of subprotocols:
// new WebSocket(url, ['kaipo.stream', `kaipo.token.${token}`]). Owns the names and which one is answered.

export const STREAM_PROTOCOL = 'kaipo.stream';
export const TOKEN_PROTOCOL = 'kaipo.token.';

/** For `handleProtocols` of ws. A browser that offered some goes on only with one of them; the token is repeated only if it stands alone. */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  if (offered.has(STREAM_PROTOCOL)) return STREAM_PROTOCOL;
  const [first] = [...offered].sort(
    (a, b) => Number(a.startsWith(TOKEN_PROTOCOL)) - Number(b.startsWith(TOKEN_PROTOCOL)),
  );
  return first ?? false;
}
