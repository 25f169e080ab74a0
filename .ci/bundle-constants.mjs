// Makes `const` again of what esbuild has made `var`: it does so with everything at the top of a module, so that modules that are put
// together may be in any order. V8 takes what is `const` for what it is (a table, a class, a small function) and compiles it into
// who uses it; of a `var` it reads the value and checks its kind at each use, which cost a tenth of the inspection of packets.
// Must not know: what is bundled. Bound: statements at the beginning of a line, in the parts of a file that are the project's own.
import { transform } from 'esbuild';

/** Before each module esbuild says where it was. */
const MODULE = /^\/\/ (\S+\.m?js)$/;
const DECLARATION = /^var (?=[\w$]+ = )/;
const FOREIGN = /(^|\/)node_modules\//;

/** The text of a file of the bundle, with a name that is given a value once as a constant. */
export async function withConstants(text) {
  const before = text.split('\n');
  const lines = constantLines(before);
  const { warnings } = await transform(lines.join('\n'), { format: 'esm', logLevel: 'silent', logLimit: 0 });
  for (const { id, notes } of warnings) {
    const line = id === 'assign-to-constant' ? notes[0]?.location?.line : undefined;
    if (line !== undefined) lines[line - 1] = before[line - 1];
  }
  return lines.join('\n');
}

function constantLines(lines) {
  let isOurs = false;
  return lines.map((line) => {
    const [, path] = MODULE.exec(line) ?? [];
    if (path !== undefined) isOurs = !FOREIGN.test(path);
    return isOurs ? line.replace(DECLARATION, 'const ') : line;
  });
}
