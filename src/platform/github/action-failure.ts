import { ShiplockError, messageOf } from '../../errors';
import type { InputProblem } from '../../contract/parse-inputs';

/** Anything thrown as the one error; what nobody foresaw is a bug of ours and says where to report it. */
export function asShiplockError(thrown: unknown, issuesUrl: string | null): ShiplockError {
  if (thrown instanceof ShiplockError) return thrown;
  // Timers and streams of Node wrap the reason that a signal was aborted with.
  if (thrown instanceof Error && thrown.cause instanceof ShiplockError) return thrown.cause;
  const place = issuesUrl ?? 'the issues of the repository that this action comes from';
  return new ShiplockError(`Shiplock itself failed: ${messageOf(thrown)}`, {
    fault: 'bug',
    cause: thrown,
    // Nobody can know what was done before the fault.
    verdict: 'unproven',
    hint: `Please report it with this log at ${place}. Look at the servers before the next release.`,
  });
}

/** All inputs that cannot be used, as one refusal. */
export function inputRefusal(problems: readonly InputProblem[]): ShiplockError {
  const subject = problems.length === 1 ? 'One input' : `${String(problems.length)} inputs`;
  const listed = problems.map(({ input, problem, fix }) => `- ${input}: ${problem}. ${fix}`);
  return new ShiplockError(`${subject} cannot be used:\n${listed.join('\n')}`, {
    fault: 'user',
    verdict: 'refused',
    hint: 'Mend the `with:` of this step and run it again. Nothing was touched.',
  });
}

/** Message and hint, one below the other. */
export function failureText({ message, hint }: ShiplockError): string {
  return hint === undefined ? message : `${message}\n${hint}`;
}

/** The chain of causes for the log; a bug of ours comes with its stack. */
export function causeLines(error: ShiplockError): readonly string[] {
  const lines: string[] = [];
  let cause = error.cause;
  while (cause !== undefined && lines.length < 10) {
    const stack = error.fault === 'bug' && cause instanceof Error ? cause.stack : undefined;
    lines.push(`caused by: ${stack ?? messageOf(cause)}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}

/** The summary of a run that ended before it had a report of its own. */
export function failureSummary(title: string, error: ShiplockError): string {
  // A fence longer than any inside keeps foreign text from ending it.
  const text = failureText(error);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `## ${title}: ${error.verdict}\n\n${fence}text\n${text.slice(0, 60_000)}\n${fence}\n`;
}
