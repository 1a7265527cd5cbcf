import type { JournalRecord, Outcome, Step } from '../domain/records/journal';
import { duration } from './durations';
import { lastLines, logSafe, singleLine } from './neutral';
import { stateWords, stepWords } from './words';

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
  const { step, phase, text } = record;
  // A quick step is told once, when it is over.
  if (phase === 'intent' && stepWords[step].doing === null && text === undefined) return [];
  const prefix = host === undefined ? '' : `${singleLine(host, 40)}  `;
  const lines = [headLine(record), ...(record.outcome ? outcomeLines(record.outcome) : [])];
  return lines.map((line) => logSafe(prefix + line));
}

function headLine({ step, phase, text, tookMs, outcome }: LoggedStep): string {
  const bad = outcome !== undefined && outcome.verdict !== 'deployed';
  const said = singleLine(text ?? '', 1000);
  const told = outcome === undefined ? words(step, phase, said) : ending(outcome, said);
  const line = `${bad ? icons.failed : icons[phase]} ${step.padEnd(nameWidth)}`;
  if (tookMs === undefined) return (line + told).trimEnd();
  return `${line}${told.padEnd(textWidth)}  ${duration(tookMs).padStart(9)}`;
}

function words(step: Step, phase: JournalRecord['phase'], said: string): string {
  const { doing, done } = stepWords[step];
  switch (phase) {
    case 'intent':
      return [doing ?? '', said].filter((part) => part !== '').join(': ');
    case 'done':
      return said || done;
    case 'failed':
      return said || 'failed';
    case 'note':
      return said;
  }
}

function ending(outcome: Outcome, text: string): string {
  const said = text === '' ? '' : ` (${text})`;
  return `${outcome.verdict}, ${outcome.state}: ${stateWords[outcome.state]}${said}`;
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
    ...(outcome.verdict === 'deployed' ? [] : outcome.transcript)
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
