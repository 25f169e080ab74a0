// The handshake of WebSockets: its bounds, and the goodbye when the server ends. Must not know routes. Bound: MAX_MESSAGE_BYTES a message.
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { chooseProtocol } from './guards/stream-protocol.js';
import { answerOtherUpgrades } from './other-upgrades.js';
import { MAX_MESSAGE_BYTES, type StreamClients } from './stream-clients.js';

/** Call it before the guards: their refusals must find that a handshake was refused, or its connection stays open for ever. */
export async function registerStreamHandshake(app: FastifyInstance, clients: StreamClients): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, handleProtocols: chooseProtocol },
    preClose(this: FastifyInstance, done: () => void) {
      const server = this.websocketServer;
      void clients.close().then(() => {
        server.close();
        done();
      });
    },
  });
  // The listener of the package is there when its plugin is.
  app.addHook('onReady', (done) => {
    answerOtherUpgrades(app);
    done();
  });
}
