// Opens a door: a server listens on it. Owns what is said of it, its rights, every way in which it cannot be opened, and a certificate that
// is renewed while it is open. Must not know what is answered.
import type { Server as HttpsServer } from 'node:https';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import type { FastifyInstance } from 'fastify';
import { TLS_LIMITS } from '../guards/server-limits.js';
import { prepareApiSocket, shareApiSocket } from './api-socket.js';
import type { TlsPair } from './tls-files.js';
import type { TcpDoor, WebDoor } from './web-door.js';

/** Answers where it can be asked, for people. Raises KAIPO_CANNOT_LISTEN, KAIPO_NO_PERMISSION. */
export async function openDoor(app: FastifyInstance, door: WebDoor): Promise<string> {
  if (door.kind === 'socket') return openSocket(app, door.path);
  try {
    const address = await app.listen({ host: door.host, port: door.port });
    return `dashboard at ${address}/dashboard/, API at ${address}/api/docs`;
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, door);
  }
}

/** Connections from now on see the new one. */
export function renewTls(app: FastifyInstance, { cert, key }: TlsPair): void {
  (app.server as unknown as HttpsServer).setSecureContext({ cert, key, minVersion: TLS_LIMITS.minVersion });
}

async function openSocket(app: FastifyInstance, path: string): Promise<string> {
  await prepareApiSocket(path);
  // Nobody sees it with other permissions. It is bound a turn or two from here, when nothing else makes files yet.
  const umask = process.umask(0o177);
  try {
    await app.listen({ path });
  } catch (error) {
    throw new KaipoError('KAIPO_CANNOT_LISTEN', `cannot listen on ${path}: ${(error as NodeJS.ErrnoException).code}`);
  } finally {
    process.umask(umask);
  }
  return `listening on ${path}, ${shareApiSocket(path)}`;
}

function listenError(error: NodeJS.ErrnoException, { host, port }: TcpDoor): unknown {
  const at = `${host}:${port}`;
  if (error.code === 'EADDRINUSE') {
    return new KaipoError(
      'KAIPO_CANNOT_LISTEN',
      `something listens on ${at} already`,
      `kaipo serve --port ${port + 1}`,
    );
  }
  if (error.code === 'EACCES') {
    return new KaipoError('KAIPO_NO_PERMISSION', `not allowed to listen on ${at}`, 'kaipo serve --port 7373');
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new KaipoError(
      'KAIPO_CANNOT_LISTEN',
      `${host} is no address of this machine`,
      'kaipo serve --host 127.0.0.1',
    );
  }
  return error;
}
