// Where services come from: the folder beside this source, and a file of the user's. Owns: reading them.
// The built-in files are read where they are written, so that an edited line counts at the next start, without a build.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preparedOf } from '@kaipo/core/kernel/prepared.js';
import { ServiceBook } from './service-book.js';
import { parseServices, type Service } from './service-file.js';

/** From dist/applications and from src/applications alike. */
export const SERVICES_FOLDER = fileURLToPath(new URL('../../src/applications/services/', import.meta.url));

const PREPARED = new URL('./services.json', import.meta.url);

/** No text has it. */
const FILE_MARK = '\0';

/** All services that come with kaipo, in the order of the files. @throws Error `FILE:LINE: …` */
export function builtinServices(): readonly Service[] {
  const text = builtinServicesText();
  return (preparedOf(PREPARED, text) as readonly Service[] | undefined) ?? parseBuiltinServices(text);
}

/** The files one after the other, each behind a line with its name. */
export function builtinServicesText(): string {
  return readdirSync(SERVICES_FOLDER)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => `${FILE_MARK}${file}\n${readFileSync(join(SERVICES_FOLDER, file), 'utf8')}`)
    .join('');
}

export function parseBuiltinServices(text: string): readonly Service[] {
  return text
    .split(FILE_MARK)
    .slice(1)
    .flatMap((part) => {
      const end = part.indexOf('\n');
      return parseServices(part.slice(end + 1), `services/${part.slice(0, end)}`);
    });
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
