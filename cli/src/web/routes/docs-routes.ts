// The description of the API: for programs and for people. Owns the two addresses; both are made once, when they are first asked for.
import type { FastifyInstance } from 'fastify';
import { DOCS_CSP, docsPage } from '../openapi/docs-page.js';
import { type OpenapiDocument, openapiDocument } from '../openapi/openapi-document.js';

const TAG = 'This API';

export function addDocsRoutes(app: FastifyInstance): void {
  let made: OpenapiDocument | undefined;
  const document = (): OpenapiDocument => {
    made ??= openapiDocument(app);
    return made;
  };
  app.get('/api/openapi.json', { schema: { tags: [TAG], summary: 'This description as OpenAPI 3.0' } }, (_, reply) =>
    reply.header('cache-control', 'private, no-cache').send(document()),
  );
  app.get('/api/docs', { schema: { tags: [TAG], summary: 'This description as a page' } }, (request, reply) =>
    reply
      .header('content-security-policy', DOCS_CSP)
      .header('cache-control', 'private, no-cache')
      .type('text/html; charset=utf-8')
      .send(docsPage(document(), `${request.protocol}://${request.host}`)),
  );
}
