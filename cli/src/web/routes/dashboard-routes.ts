// `/dashboard/`: the page and what belongs to it, from memory. Owns: addresses, encodings and how long a browser may keep what it got.
// Must not know what the page does. Bound: the table of dashboard-assets.ts, read when somebody first looks.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type DashboardAsset, readDashboard } from '../dashboard-assets.js';
import { PAGE_CSP } from '../guards/security-headers.js';
import { HttpError } from '../problem.js';

/** @param read where the built dashboard comes from. */
export function addDashboardRoutes(app: FastifyInstance, read = readDashboard): void {
  let assets: ReadonlyMap<string, DashboardAsset> | undefined;
  const assetAt = (path: string): DashboardAsset => {
    assets ??= read();
    if (assets === undefined) throw new HttpError(503, 'the web dashboard was not built', 'npm run build');
    const asset = assets.get(path);
    if (asset === undefined) throw new HttpError(404, 'there is no such part of the dashboard', 'open /dashboard/');
    return asset;
  };
  // Relative, so that it also holds behind a proxy that serves kaipo under another path.
  app.get('/', (_, reply) => reply.redirect('dashboard/', 302));
  app.get('/dashboard', (_, reply) => reply.redirect('dashboard/', 302));
  app.get('/dashboard/', (request, reply) => sent(request, reply, assetAt('')));
  app.get<{ Params: { '*': string } }>('/dashboard/*', (request, reply) =>
    sent(request, reply, assetAt(request.params['*'])),
  );
}

function sent(request: FastifyRequest, reply: FastifyReply, asset: DashboardAsset): FastifyReply {
  reply
    .header('content-security-policy', PAGE_CSP)
    .header('etag', asset.etag)
    .header('vary', 'Origin, Accept-Encoding')
    .header('cache-control', asset.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (request.headers['if-none-match']?.includes(asset.etag) === true) return reply.code(304).send();
  reply.type(asset.type);
  const accepted = request.headers['accept-encoding'];
  if (asset.brotli !== undefined && accepts(accepted, 'br')) {
    return reply.header('content-encoding', 'br').send(asset.brotli);
  }
  if (asset.gzip !== undefined && accepts(accepted, 'gzip')) {
    return reply.header('content-encoding', 'gzip').send(asset.gzip);
  }
  return reply.send(asset.bytes);
}

/** An encoding that is named, and not refused by `;q=0`. */
function accepts(header: string | string[] | undefined, encoding: string): boolean {
  return String(header ?? '')
    .split(',')
    .some((part) => {
      const [name = '', weight = ''] = part.split(';');
      return name.trim().toLowerCase() === encoding && !/^\s*q=0(\.0*)?\s*$/i.test(weight);
    });
}
