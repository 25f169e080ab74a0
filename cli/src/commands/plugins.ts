// `kaipo plugins list` and `kaipo plugins show NAME`: what is recognised, what it costs, what can be set.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import type { DataOptions } from '../command-line/command-line.js';
import { alignedTable } from '../output/aligned-table.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { type PluginFacts, type ProtocolFacts, pluginFacts } from '../plugins/plugin-facts.js';
import { pluginSet } from '../plugins/plugin-set.js';
import { loadSettings } from '../settings/settings.js';

/** All plugins, by name. */
export async function runPluginsList(options: DataOptions): Promise<number> {
  try {
    const { plugins } = (await loadSettings(options)).config;
    const { pluginConfig } = pluginSet(plugins);
    const facts = builtinPlugins
      .map((plugin) =>
        pluginFacts(plugin, {
          enabled: plugins[plugin.name]?.['enabled'] !== false,
          config: pluginConfig(plugin.name),
        }),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    writeAnswer(
      {
        document: { schema: 'kaipo.plugins/1', plugins: facts },
        records: facts.map((plugin) => ({ type: 'plugin', ...plugin })),
        csv: {
          columns: ['name', 'enabled', 'roles', 'recognises', 'description'],
          rows: facts.map((plugin) => [
            plugin.name,
            String(plugin.enabled),
            plugin.roles.join(' '),
            plugin.names.join(' '),
            plugin.description,
          ]),
        },
        table: () => listTable(facts),
      },
      options.format,
      options.output,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

/** One plugin, whole, with what asking it costs on this machine. */
export async function runPluginsShow(name: string, options: DataOptions): Promise<number> {
  try {
    const { plugins } = (await loadSettings(options)).config;
    const { pluginConfig } = pluginSet(plugins);
    const plugin = builtinPlugins.find((one) => one.name === name) ?? pluginOfProtocol(name);
    if (plugin === undefined) throw unknownPlugin(name);
    const facts = pluginFacts(plugin, {
      enabled: plugins[plugin.name]?.['enabled'] !== false,
      config: pluginConfig(plugin.name),
      isMeasured: true,
    });
    writeAnswer(
      {
        document: { schema: 'kaipo.plugin/1', ...facts },
        records: [{ type: 'plugin', ...facts }],
        csv: {
          columns: ['protocol', 'transports', 'ports', 'read', 'ask_ns', 'application'],
          rows: facts.protocols.map((protocol) => [
            protocol.name,
            protocol.transports.join(' '),
            (protocol.ports ?? []).join(' '),
            String(protocol.isRead),
            protocol.askNs,
            protocol.application,
          ]),
        },
        table: () => showText(facts),
      },
      options.format,
      options.output,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

/** The plugin that recognises a protocol of another name: `utp` is the plugin `bittorrent`'s. */
function pluginOfProtocol(name: string): (typeof builtinPlugins)[number] | undefined {
  return builtinPlugins.find((plugin) =>
    pluginFacts(plugin, { enabled: true, config: undefined }).names.includes(name),
  );
}

function unknownPlugin(name: string): KaipoError {
  const near = nearestName(
    name,
    builtinPlugins.map((plugin) => plugin.name),
  );
  return new KaipoError(
    'KAIPO_USAGE',
    `there is no plugin "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    'kaipo plugins list',
  );
}

function listTable(facts: readonly PluginFacts[]): string {
  const rows = facts.map((plugin) => [
    plugin.name,
    plugin.enabled ? 'on' : 'off',
    shortList(transportsOf(plugin)),
    shortList(plugin.protocols.flatMap(({ ports = [] }) => ports).map(String)),
    plugin.description,
  ]);
  const protocols = new Set(facts.flatMap((plugin) => plugin.names));
  return `${alignedTable(['plugin', '', 'over', 'first on', 'what it does'], rows)}\n${facts.length} plugins, ${protocols.size} names of protocols. kaipo plugins show NAME tells more.\n`;
}

const transportsOf = ({ protocols }: PluginFacts): string[] => [...new Set(protocols.flatMap((one) => one.transports))];

function shortList(words: readonly string[]): string {
  const all = [...new Set(words)];
  return all.length <= 4 ? all.join(' ') : `${all.slice(0, 3).join(' ')} +${all.length - 3}`;
}

function showText(facts: PluginFacts): string {
  const lines = [`${facts.name}: ${facts.description}`, facts.enabled ? '' : 'Switched off by the configuration.', ''];
  if (facts.protocols.length > 0) {
    lines.push('Recognises');
    lines.push(
      alignedTable(
        ['protocol', 'over', 'asked first on', 'reads on', 'a question costs', 'application'],
        facts.protocols.map((protocol) => [
          protocol.name,
          protocol.transports.join(' '),
          portsText(protocol),
          protocol.isRead ? 'yes' : 'no',
          protocol.askNs === undefined ? '' : `${protocol.askNs} ns`,
          protocol.application ?? '',
        ]),
      ),
    );
  } else if (facts.names.length > 0) {
    lines.push('Names it gives', ...wrapped(facts.names.join(' ')), '');
  }
  for (const rule of facts.rules ?? []) {
    lines.push(`Raises ${rule.rule} (${rule.severity})`, ...wrapped(rule.meaning), '');
    lines.push('What else looks like this', ...wrapped(rule.falsePositives), '');
  }
  lines.push(`Settings, in [plugins.${facts.name}]`);
  lines.push(
    alignedTable(
      ['key', 'default', ''],
      facts.settings.map(({ key, default: initial, description }) => [key, initial ?? '', description]),
    ),
  );
  return `${lines
    .filter((line, index) => line !== '' || lines[index - 1] !== '')
    .join('\n')
    .trimEnd()}\n`;
}

function portsText({ ports = [], isPortBound }: ProtocolFacts): string {
  const text = shortList(ports.map(String));
  if (text === '') return 'any port';
  return isPortBound === true ? `only ${text}` : text;
}

function wrapped(text: string, width = 100): string[] {
  return text.match(new RegExp(`.{1,${width}}(?:\\s|$)`, 'g'))?.map((line) => `  ${line.trim()}`) ?? [];
}
