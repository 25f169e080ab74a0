// Where services come from: the folder beside this source, and a file of the user's. Owns: reading them.
// The built-in files are read where they are written, so that an edited line counts at the next start, without a build.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceBook } from './service-book.js';
import { parseServices, type Service } from './service-file.js';

/** From dist/applications and from src/applications alike. */
export const SERVICES_FOLDER = fileURLToPath(new URL('../../src/applications/services/', import.meta.url));

/** All services that come with kaipo, in the order of the files. @throws Error `FILE:LINE: …` */
export function builtinServices(): Service[] {
  return readdirSync(SERVICES_FOLDER)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .flatMap((file) => parseServices(readFileSync(join(SERVICES_FOLDER, file), 'utf8'), `services/${file}`));
}

export const builtinBook = (): ServiceBook => new ServiceBook(builtinServices());

/** A file of the user's. @throws Error that says what is wrong, with the line. */
export function readServiceBook(path: string): ServiceBook {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`applications: file "${path}" cannot be read: ${(error as Error).message}`);
  }
  return new ServiceBook(parseServices(text, path));
}
