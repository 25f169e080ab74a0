// Which script an interpreter runs, from its command line. Owns: which options of which interpreter take a value, so that a value
// is never taken for a script. Only the file name of the script is ever returned: the other words may be secrets, and an option
// that is not known here ends the search. Bound: MAX_WORDS words, a name of MAX_NAME characters.
import { basename } from 'node:path';

const MAX_WORDS = 64;
const MAX_NAME = 64;

interface Interpreter {
  readonly file: RegExp;
  /** Options that stand alone. */
  readonly alone: RegExp;
  /** Options whose value is the next word. */
  readonly valued?: RegExp;
  /** Options whose value is the next word, and is what runs: a module, an archive, a file. */
  readonly runs?: RegExp;
}

const INTERPRETERS: readonly Interpreter[] = [
  {
    file: /^(?:python|pypy)[\d.]*$/,
    alone: /^-[bBdEhiIOPqRsSuvVx]+$/,
    valued: /^-[WX]$/,
    runs: /^-[bBdEiIOPqRsSuvx]*m$/,
  },
  {
    file: /^(?:node|nodejs)$/,
    alone:
      /^--(?:inspect|enable-source-maps|expose-gc|no-warnings|no-deprecation|trace-\w[\w-]*|preserve-symlinks|[a-z-]+=.*)$/,
    valued: /^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--title)$/,
  },
  { file: /^(?:bun|deno)$/, alone: /^(?:run|-A|-q|--allow-[a-z]+(?:=.*)?|--quiet|--no-check)$/ },
  { file: /^perl[\d.]*$/, alone: /^-(?:[wWTtUuXnsSa]+|[CDlMmIi0]\S+)$/, valued: /^-I$/ },
  { file: /^ruby[\d.]*$/, alone: /^-(?:[wWvlanpsS]+|[KTWEIr]\S+)$/, valued: /^-[IrCE]$/ },
  { file: /^php[\d.]*$/, alone: /^-(?:[Cnqe]+|d\S+)$/, valued: /^-[cdz]$/, runs: /^-f$/ },
  {
    file: /^(?:ba|da|z|k|a)?sh$/,
    alone: /^-(?:[abefhiklmnprtuvxBCEHPT]+)$|^--(?:login|posix|norc|noprofile)$/,
    valued: /^[-+][oO]$/,
  },
  { file: /^lua[\d.]*$/, alone: /^-[iEW]$/, valued: /^-l$/ },
  {
    file: /^java$/,
    alone: /^-(?:[XD]\S*|server|client|ea|esa|verbose\S*|agent(?:lib|path):\S+|javaagent:\S+|-[a-z-]+=.*)$/,
    valued: /^(?:-cp|-classpath|--class-path|-p|--module-path|--add-(?:opens|exports|modules|reads))$/,
    runs: /^-jar$/,
  },
  { file: /^(?:dotnet|mono)$/, alone: /^(?:exec|--(?:server|gc=\S+))$/ },
];

/** As file systems and modules name things; nothing with blanks, quotes, "=" or a scheme. */
const PLAUSIBLE = /^[\w.+-][\w.+@-]*$/;
/** Classes that say nothing; then the interpreter is the name. */
const NO_NAME = /^(?:Main|Launcher|Bootstrap|App)$/;

export const isInterpreter = (file: string): boolean => INTERPRETERS.some((one) => one.file.test(file));

/** "manage.py" of `python3 -u /srv/manage.py --password x`; undefined when none can be told for certain. */
export function scriptName(file: string, commandLine: readonly string[]): string | undefined {
  const interpreter = INTERPRETERS.find((one) => one.file.test(file));
  if (interpreter === undefined) return undefined;
  const words = commandLine.slice(1, MAX_WORDS);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (interpreter.runs?.test(word) === true) return nameOf(file, words[at + 1]);
    if (interpreter.valued?.test(word) === true) at += 1;
    else if (interpreter.alone.test(word)) continue;
    else return word.startsWith('-') || word.startsWith('+') ? undefined : nameOf(file, word);
  }
  return undefined;
}

function nameOf(file: string, word: string | undefined): string | undefined {
  if (word === undefined || word.includes('://')) return undefined;
  const name = basename(word);
  // A class with its packages: the last part is its name.
  const short = file === 'java' ? name.replace(/\.jar$/, '').replace(/^(?:[a-z][\w$]*\.)+(?=[A-Z])/, '') : name;
  if (short.length > MAX_NAME || !PLAUSIBLE.test(short) || /^[-.]+$/.test(short)) return undefined;
  return file === 'java' && NO_NAME.test(short) ? undefined : short;
}
