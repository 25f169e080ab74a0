// What is wrong with a query or a body that does not fit its schema, in a sentence with the nearest name. Owns the words.
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { FastifySchemaValidationError } from 'fastify';
import { HttpError } from './problem.js';

const PLACES: Readonly<Record<string, string>> = { querystring: 'the query', body: 'the body', params: 'the address' };

/** fastify's schemaErrorFormatter. */
export function schemaMistake(errors: readonly FastifySchemaValidationError[], place: string): HttpError {
  const [first] = errors;
  const where = PLACES[place] ?? place;
  if (first === undefined) return new HttpError(400, `${where} is not as it should be`);
  const field = safeText(first.instancePath.replace(/^\//, '').replaceAll('/', '.'), 128);
  const unknown = first.params['additionalProperty'];
  if (first.keyword === 'additionalProperties' && typeof unknown === 'string') {
    const parent = (first as { parentSchema?: { properties?: object } }).parentSchema;
    const nearest = nearestName(unknown, Object.keys(parent?.properties ?? {}));
    const told = `${where} has no field "${safeText(unknown, 128)}"`;
    return new HttpError(400, nearest === undefined ? told : `${told}; did you mean "${nearest}"?`, 'GET /api/docs');
  }
  const allowed = first.params['allowedValues'];
  const choices = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : '';
  const told = `${field === '' ? where : `"${field}" of ${where}`} ${first.message ?? 'is wrong'}${choices}`;
  return new HttpError(400, told, 'GET /api/docs');
}
