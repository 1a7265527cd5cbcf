import type { RunPlaces } from '../domain/scan/tool-run';
import type { CommitRange } from './git-history';

/** Its own rules and nothing else: without a configuration it would take that of the scanned code. */
export const gitleaksConfig = '[extend]\nuseDefault = true\n';

/** Its exit code for findings; 1, which it has for them by default, is the one for errors too. */
export const gitleaksFound = 10;

/** What it is to say of a history. gitleaks leaves merges out. */
export function gitleaksHistoryWords(
  folder: string,
  { base, head }: CommitRange,
  places: RunPlaces,
): string[] {
  const ends = base === null ? [head] : [head, `^${base}`];
  const options = ['--full-history', '--text', '--find-renames', ...ends].join(' ');
  return ['git', ...common(places), '--log-opts', options, folder];
}

/** What it is to say of a folder. A `.gitleaksignore` in it would be heeded, whatever the options say. */
export function gitleaksFolderWords(folder: string, places: RunPlaces): string[] {
  return ['dir', ...common(places), folder];
}

const common = (places: RunPlaces): string[] => [
  '--no-banner',
  '--no-color',
  '--redact',
  '--ignore-gitleaks-allow',
  ...['--config', places.file('gitleaks.toml')],
  ...['--max-decode-depth', '5'],
  ...['--exit-code', String(gitleaksFound)],
  ...['--report-format', 'json'],
  ...['--report-path', places.report],
];
