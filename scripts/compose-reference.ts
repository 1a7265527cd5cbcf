import type { Fate, KeyRule } from '../src/domain/compose/key-rule';
import {
  attachmentKeys,
  deployKeys,
  networkKeys,
  projectKeys,
  volumeKeys,
} from '../src/domain/compose/project-keys';
import { serviceKeys } from '../src/domain/compose/service-keys';

const start = '<!-- compose:start -->';
const end = '<!-- compose:end -->';

type Table = Readonly<Record<string, KeyRule>>;

/** The page with its generated part renewed: what becomes of each key, from the rules in the code. */
export function renewComposeReference(page: string | undefined): string {
  const [from, to] = [page?.indexOf(start) ?? -1, page?.indexOf(end) ?? -1];
  if (page === undefined || from < 0 || to < from)
    throw new Error(`docs/compose.md needs the lines ${start} and ${end}`);
  const sections = [
    section('A service', serviceKeys),
    section('`deploy` of a service', deployKeys),
    section('`networks` of a service', attachmentKeys),
    section('The top of the file', projectKeys),
    section('A network or volume at the top', { ...networkKeys, ...volumeKeys }),
  ];
  return `${page.slice(0, from)}${start}\n\n${sections.join('\n\n')}\n\n${page.slice(to)}`;
}

const words: Readonly<Record<Fate, string>> = {
  carried: 'carried',
  rewritten: '**rewritten**',
  dropped: '**dropped**',
  evaluated: 'evaluated',
  refused: '**refused**',
};

/** Keys with something to say in a table, the others in one sentence after it. */
function section(title: string, table: Table): string {
  const entries = Object.entries(table);
  const told = entries.filter(([, { why, refused }]) => why !== '' || refused !== undefined);
  const silent = entries.filter((entry) => !told.includes(entry)).map(([key]) => `\`${key}\``);
  const rows = told.map(
    ([key, { fate, why, refused = '' }]) =>
      `| \`${key}\` | ${words[fate]} | ${cell(why)} | ${cell(refused)} |`,
  );
  const head = [
    '| Key | Is | How, and why | Refused when; what to do |',
    '| --- | --- | --- | --- |',
  ];
  const parts = [
    `### ${title}`,
    ...(rows.length === 0 ? [] : [[...head, ...rows].join('\n')]),
    ...(silent.length === 0 ? [] : [`Carried as written: ${silent.join(', ')}.`]),
  ];
  return parts.join('\n\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
