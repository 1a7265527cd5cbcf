import type { AnyContract } from './define-action';

// Single quotes are the one YAML form in which nothing but the quote itself is special.
const scalar = (text: string): string => `'${text.replaceAll("'", "''")}'`;

// The runner refuses the whole file for an expression anywhere but in an input's default, and with it every run of the action.
function described(text: string): string {
  if (text.includes('${{'))
    throw new Error(`GitHub allows no expression in a description: ${text}`);
  return scalar(text);
}

function inputLines(inputs: AnyContract['inputs']): string[] {
  return Object.entries(inputs).flatMap(([name, field]) => [
    `  ${name}:`,
    `    description: ${described(field.description)}`,
    `    required: ${String(field.required)}`,
    ...(field.default ? [`    default: ${scalar(field.default)}`] : []),
  ]);
}

function outputLines(outputs: AnyContract['outputs']): string[] {
  return Object.entries(outputs).flatMap(([name, { description }]) => [
    `  ${name}:`,
    `    description: ${described(description)}`,
  ]);
}

/** The text of actions/<name>/action.yml; main and post, where there is one, are the same file, and saved state tells them apart. */
export function renderAction(contract: AnyContract): string {
  const entry = `../../dist/${contract.name}/index.js`;
  return [
    `# Generated from src/actions/${contract.name}/contract.ts by \`npm run generate\`; do not edit.`,
    `name: ${scalar(contract.title)}`,
    `description: ${described(contract.description)}`,
    'author: Shiplock contributors',
    'branding:',
    '  icon: anchor',
    '  color: blue',
    'inputs:',
    ...inputLines(contract.inputs),
    'outputs:',
    ...outputLines(contract.outputs),
    'runs:',
    '  using: node24',
    `  main: ${entry}`,
    ...(contract.post === true ? [`  post: ${entry}`] : []),
    '',
  ].join('\n');
}
