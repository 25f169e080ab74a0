// The program. Owns the order of things: privileges first, everything else after. Must stay free of heavy imports:
// until elevateThenDrop returns, this process may be root.
import { compileLater } from './compile-budget.js';
import { elevateThenDrop } from './elevate.js';

compileLater();
const elevated = await elevateThenDrop(process.argv.slice(2));
const { runProgram } = await import('./program.js');
process.exitCode = await runProgram(process.argv, elevated);
