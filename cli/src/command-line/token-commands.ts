// The command line of tokens: token add, list, remove.
import { type CommandLine, dataCommand, dataOptions, examples, type RawDataOptions } from './command-line.js';

export function addTokenCommands(line: CommandLine): void {
  const token = line.program
    .command('token')
    .description('tokens for the web server: needed by other machines, and by this one with api.require_token')
    .addHelpText(
      'after',
      `${examples(
        'kaipo token add laptop --expires 90d',
        'kaipo token add grafana --read-only',
        'kaipo token list',
        'kaipo token remove laptop',
      )}
A request shows its token in a header:
  $ curl -H "Authorization: Bearer $TOKEN" https://kaipo.example.org:7373/api/today
`,
    );

  dataCommand(token, 'add', 'makes a token and prints it, once')
    .argument('<name>', 'what you call it: who or what has it')
    .option('--read-only', 'it may look, and change nothing')
    .option('--expires <duration>', 'how long it holds: 12h, 90d, 1y (default: until it is removed)')
    .addHelpText(
      'after',
      examples(
        'kaipo token add laptop',
        'kaipo token add laptop --expires 90d',
        '(umask 077; kaipo token add grafana --read-only > grafana.token)',
      ),
    )
    .action(async (name: string, options: RawDataOptions & { readOnly?: boolean; expires?: string }) => {
      const { runTokenAdd } = await import('../commands/token.js');
      const { expires } = options;
      line.done(
        await runTokenAdd(name, {
          ...dataOptions(line, options),
          isReadOnly: options.readOnly === true,
          ...(expires !== undefined && { expires }),
        }),
      );
    });

  dataCommand(token, 'list', 'the tokens there are, what they may, and when they were used last')
    .addHelpText('after', examples('kaipo token list', 'kaipo token list --json'))
    .action(async (options: RawDataOptions) => {
      const { runTokenList } = await import('../commands/token.js');
      line.done(await runTokenList(dataOptions(line, options)));
    });

  dataCommand(token, 'remove', 'takes a token back, also from servers that run')
    .argument('<name>', 'its name')
    .addHelpText('after', examples('kaipo token remove laptop'))
    .action(async (name: string, options: RawDataOptions) => {
      const { runTokenRemove } = await import('../commands/token.js');
      line.done(await runTokenRemove(name, dataOptions(line, options)));
    });
}
