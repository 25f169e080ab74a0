// The description of the API for programs (OpenAPI 3.0), gathered from the routes themselves. Owns what is said about the whole; the
// schemas of answers are answer-schemas.ts. Must not know routes: what a route takes stands beside it.
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { ANSWER_SCHEMAS, SHARED_SCHEMAS } from './answer-schemas.js';

const PROBLEM = {
  description: 'What is wrong',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
const STREAM = '/api/stream';
const SWITCHED = { description: 'It is a WebSocket from here on' };
const DESCRIPTION = `What this machine's network does, in JSON. Times are seconds since the epoch, bytes are whole frames on the wire, sent
and received are as seen by this machine. Every error is a problem document (RFC 9457). Answers have an ETag: ask again with
If-None-Match. On this machine no token is needed unless the configuration says so; from elsewhere send
"Authorization: Bearer TOKEN" (kaipo token add).`;

/** Before any route is added. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.0.3',
      info: { title: 'kaipo', version, description: DESCRIPTION.replaceAll('\n', ' ') },
      components: {
        schemas: SHARED_SCHEMAS as never,
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      },
      security: [{}, { token: [] }],
    },
    hideUntagged: true,
  });
}

/** The document as it is served: with the answers, which the routes themselves do not name. */
export function openapiDocument(app: FastifyInstance): OpenapiDocument {
  const document = app.swagger() as unknown as OpenapiDocument;
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) {
      const schema = ANSWER_SCHEMAS[path];
      const answer = {
        description: 'The answer',
        ...(schema !== undefined && { content: { 'application/json': { schema } } }),
      };
      operation.responses = path === STREAM ? { 101: SWITCHED, default: PROBLEM } : { 200: answer, default: PROBLEM };
    }
  }
  return document;
}

export interface OpenapiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenapiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

export interface OpenapiOperation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly OpenapiParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
  responses: Readonly<Record<string, unknown>>;
}

export interface OpenapiParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Readonly<Record<string, unknown>>;
}
