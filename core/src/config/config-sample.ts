// A commented sample of every key, made from the schema, so that it cannot say what is not so.
import { SECTIONS, type Section } from './config-keys.js';
import { tomlKey, tomlValue } from './toml-text.js';

const HEAD = `# Configuration of kaipo. Everything here is optional; a line without "#" in front takes effect.
# Stronger than this file: flags and KAIPO_* variables (monitoring.poll_interval is KAIPO_MONITORING_POLL_INTERVAL).
# Check it with: kaipo config check       See what holds, and why: kaipo config show --origin
`;

const PLUGINS = `
# Settings of a plugin, by its name.
#[plugins.name]
`;

/** The whole sample; every line of it is a comment. */
export function sampleConfig(): string {
  return HEAD + SECTIONS.map(sampleSection).join('') + PLUGINS;
}

function sampleSection(section: Section): string {
  const name = section.path.map(tomlKey).join('.');
  let text = `\n#${section.isList ? `[[${name}]]` : `[${name}]`}\n`;
  for (const { path, notes } of section.keys) {
    text += `# ${notes.about}\n#${tomlKey(path.at(-1)!)} = ${tomlValue(notes.preset ?? notes.example)}\n`;
  }
  return text;
}
