/**
 * What a step and its runner say to each other: inputs and state come by environment, commands go by stdout, values by files.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 *
 * Of our own, because @actions/core brings an HTTP client along whose loading is a third of the time that a small action takes to start.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/** An input as the workflow wrote it; empty when it did not. */
export function inputOf(name: string): string {
  return process.env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '';
}

/** A text that main saved for post; empty when it did not. */
export function savedState(name: string): string {
  return process.env[`STATE_${name}`] ?? '';
}

/** Keeps a text for post. */
export function saveState(name: string, value: string): void {
  record('STATE', name, value);
}

/** Gives a later step an output. */
export function setOutput(name: string, value: string): void {
  record('OUTPUT', name, value);
}

/** Gives the later steps of the job a variable. */
export function setVariable(name: string, value: string): void {
  record('ENV', name, value);
}

/** Lets the runner hide a text in everything that it shows from now on. */
export function maskSecret(text: string): void {
  command('add-mask', text);
}

/** A heading, and the place that is meant: `title`, `file`, `line`. */
export type Place = Readonly<Record<string, string>>;

/** Shows an error in the log and on the run's page. */
export function showError(text: string, place: Place = {}): void {
  command('error', text, place);
}

/** Shows a warning in the log and on the run's page. */
export function showWarning(text: string, place: Place = {}): void {
  command('warning', text, place);
}

/** Adds markdown to the job's summary. Throws when it cannot be written. */
export function addSummary(markdown: string): void {
  const file = fileFor('STEP_SUMMARY');
  if (file !== '') appendFileSync(file, `${markdown}\n`);
}

function command(name: string, text: string, place: Place = {}): void {
  const properties = Object.entries(place).map(
    ([key, value]) => `${key}=${escaped(value).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
  );
  const head = [name, properties.join(',')].filter((part) => part !== '').join(' ');
  process.stdout.write(`::${head}::${escaped(text)}\n`);
}

const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** A delimiter that nobody can guess keeps a value from ending itself and beginning another. Outside of a runner nothing is recorded. */
function record(kind: 'STATE' | 'OUTPUT' | 'ENV', name: string, value: string): void {
  const file = fileFor(kind);
  const end = `end-${randomUUID()}`;
  if (file !== '') appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`);
}

const fileFor = (kind: string): string => process.env[`GITHUB_${kind}`] ?? '';
