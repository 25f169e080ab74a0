// The command line of the web server.
import { type CommandLine, examples, wholeNumber } from './command-line.js';

interface RawServeOptions {
  readonly host?: string;
  readonly port?: number;
  readonly socket?: string | true;
  readonly store?: string;
  readonly config?: string;
}

const MAX_PORT = 65_535;

export function addServeCommand(line: CommandLine, version: () => string): void {
  line.program
    .command('serve')
    .description(
      'the web dashboard, the REST API and metrics for Prometheus, on this machine alone unless told otherwise',
    )
    .option(
      '--port <n>',
      'where to listen (default: api.port, 7373); 0: any port that is free',
      wholeNumber(0, MAX_PORT),
    )
    .option('--host <address>', 'the address to listen on (default: api.host, 127.0.0.1)')
    .option(
      '--socket [path]',
      'a Unix socket instead, for a proxy in front (default: api.socket, else in the runtime directory)',
    )
    .option('--store <dir>', 'the store to answer from')
    .option('--config <file>', 'the configuration file to use')
    .addHelpText(
      'after',
      `${examples('kaipo serve', 'kaipo serve --port 8080', 'curl http://127.0.0.1:7373/api/today', 'kaipo serve --host 0.0.0.0', 'kaipo serve --socket /run/kaipo/api.sock')}
Answers come from the store, live numbers from the recorder (kaipo daemon, kaipo live). Without one they come from the
interface counters, and the dashboard says so.
`,
    )
    .action(async ({ host, port, socket, store, config }: RawServeOptions) => {
      const { runServe } = await import('../commands/serve.js');
      line.done(await runServe({ host, port, socket, store, config, version: version() }));
    });
}
