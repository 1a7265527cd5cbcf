import type { JournalRecord, Outcome } from '../domain/records/journal';
import { duration } from './durations';
import { lastLines, logSafe, singleLine } from './neutral';

/** What a line of the live log is made of; a journal record is one. */
export type LoggedStep = Pick<JournalRecord, 'step' | 'phase' | 'text' | 'tookMs' | 'outcome'>;

const nameWidth = 10;
const textWidth = 64;
const mostLogLines = 30;
const mostAnswers = 8;

const icons: Readonly<Record<JournalRecord['phase'], string>> = {
  intent: '▸',
  done: '✓',
  failed: '✗',
  note: '·',
};

/**
 * The lines of the live log for one record: `✓ pull      3 images, 0 pulled      1.2 s`; an end brings its reason, hint,
 * container logs and last probes. `host` stands first in each line when a run has several.
 */
export function logLines(record: LoggedStep, host?: string): string[] {
  const prefix = host === undefined ? '' : `${singleLine(host, 40)}  `;
  const lines = [headLine(record), ...(record.outcome ? outcomeLines(record.outcome) : [])];
  return lines.map((line) => logSafe(prefix + line));
}

function headLine(record: LoggedStep): string {
  const { step, phase, outcome, tookMs } = record;
  const icon =
    outcome !== undefined && outcome.verdict !== 'deployed' ? icons.failed : icons[phase];
  const text = singleLine(record.text ?? (phase === 'intent' ? 'started' : ''), 1000);
  const told = outcome === undefined ? text : ending(outcome, text);
  const took = tookMs === undefined ? '' : `  ${duration(tookMs).padStart(9)}`;
  return `${icon} ${step.padEnd(nameWidth)}${took === '' ? told : told.padEnd(textWidth)}${took}`.trimEnd();
}

const meanings: Readonly<Record<Outcome['state'], string>> = {
  BLUE: 'the old release serves, nothing is left over',
  GREEN: 'the new release serves',
  'GREEN+': 'the new release serves, cleaning up is pending',
  BACK: 'sent back, the old release is proven to serve',
  UNKNOWN: 'what serves is not proven: look at the host now',
};

function ending(outcome: Outcome, text: string): string {
  const said = text === '' ? '' : ` (${text})`;
  return `${outcome.verdict}, ${outcome.state}: ${meanings[outcome.state]}${said}`;
}

function outcomeLines(outcome: Outcome): string[] {
  return [
    ...labelled('reason', outcome.reason),
    ...labelled('next', outcome.hint),
    ...outcome.warnings.slice(0, 20).flatMap((warning) => labelled('warning', warning)),
    ...outcome.logs
      .slice(0, 6)
      .flatMap((log) => [
        ...labelled('log', `last lines of ${log.container}:`),
        ...lastLines(log.lines, mostLogLines, 400).map((line) => `${indent}│ ${line}`),
      ]),
    ...outcome.transcript
      .slice(-mostAnswers)
      .flatMap((line) =>
        labelled('probe', `${line.ok ? 'ok' : 'failed'}  ${line.target}  ${line.said}`),
      ),
  ];
}

const indent = ' '.repeat(2 + nameWidth);

function labelled(name: string, text: string | null): string[] {
  if (text === null) return [];
  return text
    .slice(0, 8000)
    .split('\n')
    .map(
      (line, index) => `  ${(index === 0 ? name : '').padEnd(nameWidth)}${singleLine(line, 1000)}`,
    );
}
