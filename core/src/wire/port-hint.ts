// One question of protocols whose words are too common to be told apart away from their port.

/** Is either port of the flow `port`? */
export const hasPort = (flow: { readonly clientPort: number; readonly serverPort: number }, port: number): boolean =>
  flow.serverPort === port || flow.clientPort === port;
