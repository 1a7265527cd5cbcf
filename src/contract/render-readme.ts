import { ShiplockError } from '../errors';
import type { AnyContract } from './define-action';
import type { Field } from './field';

const start = '<!-- contract:start -->';
const end = '<!-- contract:end -->';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))];
}

function absence({ required, default: text, fallback }: Field<unknown>): string {
  if (required) return '**required**';
  return text ? `\`${text}\`` : (fallback ?? '');
}

function permissionLines(permissions: AnyContract['permissions']): string[] {
  if (permissions.length === 0) return ['None: `permissions: {}`.'];
  const rows = permissions.map(({ scope, access, why }) => [`\`${scope}: ${access}\``, why]);
  return table(['Permission', 'What for'], rows);
}

/** The generated part of an action's README: permissions first, then inputs, then outputs. */
function contractTables(contract: AnyContract): string {
  const inputs = Object.entries(contract.inputs);
  const outputs = Object.entries(contract.outputs);
  return [
    '## Permissions',
    '',
    ...permissionLines(contract.permissions),
    '',
    '## Inputs',
    '',
    ...table(
      ['Input', 'Kind', 'What it does', 'Without it'],
      inputs.map(([name, field]) => [`\`${name}\``, field.kind, field.description, absence(field)]),
    ),
    '',
    '## Outputs',
    '',
    ...table(
      ['Output', 'Kind', 'What it holds'],
      outputs.map(([name, { kind, description }]) => [`\`${name}\``, kind, description]),
    ),
  ].join('\n');
}

/** The README with its generated part renewed; a new README when there is none yet. */
export function renewReadme(readme: string | undefined, contract: AnyContract): string {
  const text = readme ?? `# ${contract.title}\n\n${contract.description}\n\n${start}\n${end}\n`;
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new ShiplockError(`The README of ${contract.name} has no place for its tables`, {
      fault: 'user',
      hint: `Put the lines ${start} and ${end} where permissions, inputs and outputs belong.`,
    });
  }
  return `${text.slice(0, from)}${start}\n\n${contractTables(contract)}\n\n${text.slice(to)}`;
}
