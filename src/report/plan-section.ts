import type { HostPlan } from './deploy-report';
import { code, fenced, prose, table } from './markdown';
import { clip, logSafe, neutral, singleLine } from './neutral';

const mostSteps = 200;
const mostChanges = 400;
const stepWidth = 10;

/** The plan of a dry run for one host, as sections of markdown: a table of steps, and each change as a diff. */
export function planSections({ host, steps, changes }: HostPlan): string[] {
  const rows = steps
    .slice(0, mostSteps)
    .map(({ step, text }, index) => [`${index + 1}`, step, prose(text, 1500)]);
  const more = steps.length > mostSteps ? `\n\n_and ${steps.length - mostSteps} more steps_` : '';
  return [
    `### ${code(host)}\n\n${table(['', 'step', 'what it would do'], rows)}${more}`,
    ...changes.map(({ title, lines }) => {
      const shown = shortened(lines).map((line) => clip(neutral(line), 400));
      return `#### Changes of ${title}\n\n${fenced(shown.join('\n'), 'diff')}`;
    }),
  ];
}

/** The same as lines of the log. */
export function planLines({ host, steps, changes }: HostPlan): string[] {
  return [
    `Plan for ${singleLine(host, 200)}; nothing was changed:`,
    ...steps
      .slice(0, mostSteps)
      .map(
        ({ step, text }) =>
          `  ${step.padEnd(stepWidth)}${singleLine(text.replaceAll('`', ''), 1500)}`,
      ),
    ...changes.flatMap(({ title, lines }) => [
      `Changes of ${title}:`,
      ...shortened(lines).map((line) => `  ${clip(neutral(line), 400)}`),
    ]),
  ].map(logSafe);
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostChanges) return lines;
  return [...lines.slice(0, mostChanges), `… and ${lines.length - mostChanges} more lines`];
}
