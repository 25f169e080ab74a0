// Finds databases of networks and countries (MMDB) that are installed. Owns: folders and file names; reads no database.
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface PlaceFiles {
  readonly asn?: string;
  readonly country?: string;
}

/** Where the packages of MaxMind and of distributions put them, after the user's own folder. */
export function placeFolders(environment: NodeJS.ProcessEnv = process.env): string[] {
  const data = environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share');
  return [join(data, 'kaipo', 'geo'), '/usr/share/GeoIP', '/var/lib/GeoIP', '/usr/local/share/GeoIP'];
}

/** Those that were named, and for the others what is found. */
export function placeFilesOf({ asn, country }: PlaceFiles): PlaceFiles {
  const found = asn !== undefined && country !== undefined ? {} : findPlaceFiles(placeFolders());
  return { ...found, ...(asn === undefined ? {} : { asn }), ...(country === undefined ? {} : { country }) };
}

/** Best first. DB-IP and IPinfo have dates or words in their names. */
const ASN_NAMES = [
  /^GeoLite2-ASN\.mmdb$/i,
  /^GeoIP2-ISP\.mmdb$/i,
  /^dbip-asn.*\.mmdb$/i,
  /^ipinfo.*\.mmdb$/i,
  /^.*asn.*\.mmdb$/i,
];
const COUNTRY_NAMES = [
  /^Geo(Lite|IP)2-Country\.mmdb$/i,
  /^dbip-country.*\.mmdb$/i,
  /^ipinfo.*\.mmdb$/i,
  /^.*country.*\.mmdb$/i,
  /^Geo(Lite|IP)2-City\.mmdb$/i,
  /^dbip-city.*\.mmdb$/i,
];

/** The first folder that has one, each kind by itself; of several dates the latest. */
export function findPlaceFiles(folders: readonly string[]): PlaceFiles {
  const found: { asn?: string; country?: string } = {};
  for (const folder of folders) {
    const files = filesOf(folder);
    const asn = found.asn === undefined ? firstOf(files, ASN_NAMES) : undefined;
    const country = found.country === undefined ? firstOf(files, COUNTRY_NAMES) : undefined;
    if (asn !== undefined) found.asn = join(folder, asn);
    if (country !== undefined) found.country = join(folder, country);
  }
  return found;
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort().reverse();
  } catch {
    return [];
  }
}

function firstOf(files: readonly string[], names: readonly RegExp[]): string | undefined {
  for (const name of names) {
    const file = files.find((candidate) => name.test(candidate));
    if (file !== undefined) return file;
  }
  return undefined;
}
