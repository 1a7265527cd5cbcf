import { refusal, Refusal, type Problem } from '../../domain/problem';
import { ShiplockError } from '../../errors';

/** What stands in the way on one host, gathered over all looks and judgements: people mend one list, not one problem a run. */
export class Findings {
  readonly #problems: Problem[] = [];
  readonly #steps: string[] = [];
  #unproven = false;

  /** Adds problems; what was said already is not said again. */
  add(...problems: readonly Problem[]): void {
    for (const one of problems) {
      const known = this.#problems.some(({ path, says }) => path === one.path && says === one.says);
      if (!known) this.#problems.push(one);
    }
  }

  /** Instructions, with texts to copy, that are too long for the fix of a problem. */
  explain(steps: string): void {
    this.#steps.push(steps);
  }

  /** It is not known what serves: worse than any other problem, and told among them. */
  addUnproven(problem: Problem): void {
    this.add(problem);
    this.#unproven = true;
  }

  /** What a step finds; null when it refused, and its problems are added. */
  async from<T>(step: () => T | Promise<T>): Promise<T | null> {
    try {
      return await step();
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      this.add(...thrown.problems);
      if (thrown.steps !== null) this.explain(thrown.steps);
      return null;
    }
  }

  /** Throws one refusal with everything that was found; nothing = all is well. */
  settle(host: string): void {
    if (this.#problems.length === 0) return;
    throw refusal(host, this.#problems, {
      steps: this.#steps.length === 0 ? undefined : this.#steps.join('\n\n'),
      verdict: this.#unproven ? 'unproven' : 'refused',
    });
  }
}

/** Judges a host to the end, and refuses it with everything that was found. @param judge null = too much is missing to go on */
export async function withoutProblems<T>(
  host: string,
  judge: (findings: Findings) => Promise<T | null>,
): Promise<T> {
  const findings = new Findings();
  const result = await judge(findings);
  findings.settle(host);
  if (result === null) {
    throw new ShiplockError(`${host}: something is missing, and nothing says what`, {
      fault: 'bug',
      verdict: 'refused',
    });
  }
  return result;
}
