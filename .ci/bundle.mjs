// Makes cli/bundle of what was compiled: the program in some large files instead of a thousand small ones, cut where `import()`
// stands, so that a command loads what it needs and nothing else. Finding and opening small files costs more than what is in them.
// Each build has a folder of its own, named after what is in it, and `current.json` names the one that counts: a recorder that
// runs may still load the rest of the build it began with. The build before is kept, older ones go.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { withConstants } from './bundle-constants.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const BUNDLES = join(root, 'cli', 'bundle');

/**
 * Files that are started and not imported: workers, `new Worker(new URL('./x.js', import.meta.url))`, and children,
 * `fork(fileURLToPath(new URL('./x.js', import.meta.url)))`. Where one is named here, such a URL leads into the bundle; else to
 * the compiled file, which is as right and loads slower. A worker that is not named is an error.
 */
const STARTED = [
  'core/dist/engine/capture-run/intake-thread.js',
  'core/dist/store/store-check-main.js',
  'cli/dist/web/history-worker-main.js',
];

/**
 * Packages that stay where they lie: what few commands need, native code, and the store's, which compile text that names variables
 * of their modules; in a bundle these have other names.
 */
const OUTSIDE = [
  '@fastify/swagger',
  '@fastify/websocket',
  'blessed',
  'blessed-contrib',
  'cap',
  'chrono-node',
  'fastify',
  'hyparquet-writer',
  'lmdb',
  'mmdb-lib',
  'msgpackr',
  'nodemailer',
  'prom-client',
  'ps-list',
  'string-width',
  'systeminformation',
  'ws',
];

/**
 * What is written anew whenever something is compiled or installed: the compiler's notes of each project, and npm's of its packages.
 * cli/bin/kaipo.js takes a bundle only while they are the ones it was made of.
 */
const LEFT_BY_BUILD = [
  ...['capture-helper', 'core', 'plugins', 'cli'].map((project) => `${project}/dist/.tsbuildinfo`),
  'node_modules/.package-lock.json',
];
const madeOf = () =>
  LEFT_BY_BUILD.map((path) => [path, statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs]).filter(
    ([, writtenMs]) => writtenMs !== undefined,
  );

/** Text that people edit, worked out beforehand by what was compiled (core/src/kernel/prepared.ts): the file, and what is in it. */
const PREPARED = {
  'core/dist/config/app-rules.json': async () => {
    const { builtinRulesText, parseBuiltinRules } = await import('../core/dist/config/app-rules-file.js');
    const text = builtinRulesText();
    return { text, value: parseBuiltinRules(text) };
  },
  'plugins/dist/applications/services.json': async () => {
    const { builtinServicesText, parseBuiltinServices } = await import(
      '../plugins/dist/applications/service-sources.js'
    );
    const text = builtinServicesText();
    return { text, value: parseBuiltinServices(text) };
  },
};
const preparedFiles = () =>
  Promise.all(
    Object.entries(PREPARED).map(async ([path, prepare]) => ({
      path,
      contents: Buffer.from(JSON.stringify(await prepare())),
    })),
  );

const started = new Set(STARTED.map((path) => join(root, path)));
/** Files that have their own in the bundle. */
const inBundle = new Set([...started, ...Object.keys(PREPARED).map((path) => join(root, path))]);
const NEW_URL = /new URL\((['"])([^'"]+)\1, import\.meta\.url\)/g;
const EVAL = /(?<![.\w])eval\(/;
const WORKER = /new Worker\(\s*(new URL\([^)]*\))?/g;

/** As a file of the bundle, which lies two folders deep in cli, says where a file of the project is. */
const fromBundle = (path) => relative(join(BUNDLES, 'build'), path).split(sep).join('/');

/** The text of a compiled file for the bundle: a module finds what lies beside it by its URL, which goes on to be that of its file. */
export function withPlaces(path, text) {
  for (const [, target = ''] of path.includes('node_modules') ? [] : text.matchAll(WORKER)) {
    const [, , file] = [...target.matchAll(NEW_URL)][0] ?? [];
    if (file === undefined || !started.has(resolve(dirname(path), file))) {
      throw new Error(`${path}: name what new Worker(new URL('./x.js', import.meta.url)) starts in .ci/bundle.mjs`);
    }
  }
  return text
    .split(NEW_URL)
    .map((part, index, parts) => {
      // The expression's two groups follow the text before it: the quote, then the file.
      if (index % 3 === 0)
        return part.replaceAll('import.meta.url', `new URL('${fromBundle(path)}', import.meta.url).href`);
      if (index % 3 === 1) return '';
      const file = resolve(dirname(path), part);
      const place = inBundle.has(file) ? `./${basename(file)}` : fromBundle(file) + (part.endsWith('/') ? '/' : '');
      return `new URL(${parts[index - 1]}${place}${parts[index - 1]}, import.meta.url)`;
    })
    .join('');
}

const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.m?js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (EVAL.test(text))
        throw new Error(`${path}: compiles text that may name its variables: to OUTSIDE in .ci/bundle.mjs`);
      return text.includes('import.meta.url') ? { contents: withPlaces(path, text) } : undefined;
    });
  },
};

const lastBuild = (current) => {
  try {
    return JSON.parse(readFileSync(current, 'utf8')).folder;
  } catch {
    return undefined;
  }
};

/** What each file holds and loads: at once (`imports`), and when it is asked to (`later`). For tests and for who wonders. */
const partsOf = ({ outputs }) =>
  Object.fromEntries(
    Object.entries(outputs).map(([path, { inputs, imports }]) => {
      const named = (isLater) =>
        imports
          .filter(({ kind }) => (kind === 'dynamic-import') === isLater)
          .map((target) => (target.external ? target.path : basename(target.path)));
      return [basename(path), { modules: Object.keys(inputs), imports: named(false), later: named(true) }];
    }),
  );

/** To be called when all is compiled. @returns the name of its folder in `bundles` */
export async function makeBundle(bundles = BUNDLES) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['cli/dist/main.js', ...STARTED],
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    outdir: bundles,
    external: OUTSIDE.flatMap((name) => [name, `${name}/*`]),
    plugins: [places],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.20',
    // Packages that are not modules ask for parts of node by `require`.
    banner: {
      js: "import { createRequire as $require } from 'node:module';\nconst require = $require(import.meta.url);",
    },
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const programs = outputFiles.map(async ({ path, text }) => ({
    path,
    contents: Buffer.from(await withConstants(text)),
  }));
  const files = [...(await Promise.all(programs)), ...(await preparedFiles())];
  const hash = createHash('sha256');
  for (const { path, contents } of files) hash.update(basename(path)).update(contents);
  const folder = hash.digest('hex').slice(0, 12);
  mkdirSync(join(bundles, folder), { recursive: true });
  for (const { path, contents } of files) writeFileSync(join(bundles, folder, basename(path)), contents);
  writeFileSync(join(bundles, folder, 'parts.json'), JSON.stringify(partsOf(metafile), null, 1));

  const current = join(bundles, 'current.json');
  const before = lastBuild(current);
  writeFileSync(`${current}.new`, JSON.stringify({ folder, madeOf: madeOf() }));
  renameSync(`${current}.new`, current);
  // The same build once more says nothing about which one was before it.
  if (before === folder) return folder;
  const kept = [folder, before, basename(current)];
  for (const name of readdirSync(bundles).filter((other) => !kept.includes(other))) {
    rmSync(join(bundles, name), { recursive: true, force: true });
  }
  return folder;
}
