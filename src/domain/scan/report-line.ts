import type { Problem } from '../problem';
import { findingClasses, type FindingClass } from './finding';
import { reportKinds, soleClass, type ReportKind } from './report-facts';

/** How a report is tied to what is released: without that it may be of another image, or of yesterday. */
export type Proof =
  | { readonly kind: 'digest' | 'commit' | 'sha256'; readonly value: string }
  | { readonly kind: 'this-job' };

/** One report to read, and what its maker says of it. */
export interface ReportRequest {
  readonly kind: ReportKind;
  readonly path: string;
  readonly classes: readonly FindingClass[];
  /** All of them must hold. */
  readonly proofs: readonly Proof[];
  /** When the scanner's database was made; null = nobody says. */
  readonly dbUpdated: Date | null;
}

const words = ['classes', 'digest', 'commit', 'sha256', 'made', 'db-updated'] as const;
type Word = (typeof words)[number];
const input = 'input reports';
const example =
  'trivy=out/trivy.json, classes=vulnerability secret, digest=sha256:…, db-updated=2026-01-31T06:00:00Z';

/** Reads `kind=path, word=value, …` lines; every problem of them at once. */
export function readReportLines(lines: readonly string[]): {
  readonly requests: readonly ReportRequest[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const requests = lines.flatMap((line) => {
    const read = readLine(line);
    if (!Array.isArray(read)) return [read as ReportRequest];
    problems.push(...(read as readonly Problem[]));
    return [];
  });
  const paths = requests.map(({ path }) => path);
  for (const path of new Set(paths.filter((one, at) => paths.indexOf(one) !== at)))
    problems.push(problem(`${path} is listed twice`, 'list each report once'));
  return { requests, problems };
}

const problem = (says: string, fix: string): Problem => ({ path: input, says, fix });

function readLine(line: string): ReportRequest | readonly Problem[] {
  // A comma ends the path only where one of our words follows: file names may hold commas.
  const [head = '', ...rest] = line.split(/\s*,\s*(?=[a-z][a-z0-9-]*=)/);
  const [, kindText = '', path = ''] = /^([^=]*)=(.*)$/s.exec(head) ?? [];
  const kind = reportKinds.find((one) => one === kindText.trim());
  if (kind === undefined || path.trim() === '') {
    const says = `${JSON.stringify(line.slice(0, 120))} is not kind=path with one of the kinds ${reportKinds.join(', ')}`;
    return [problem(says, `write it like ${example}`)];
  }
  const given = new Map<Word, string>();
  const problems: Problem[] = [];
  for (const part of rest) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    const word = words.find((one) => one === name);
    if (word === undefined)
      problems.push(problem(`${path}: ${name} is not known`, `use ${words.join(', ')}`));
    else if (given.has(word))
      problems.push(problem(`${path}: ${word} is given twice`, 'give it once'));
    else given.set(word, value.trim());
  }
  const classes = classesOf(kind, path, given.get('classes'), problems);
  const proofs = proofsOf(path, given, problems);
  const dbUpdated = dateOf(path, given.get('db-updated'), problems);
  return problems.length > 0 ? problems : { kind, path: path.trim(), classes, proofs, dbUpdated };
}

function classesOf(
  kind: ReportKind,
  path: string,
  text: string | undefined,
  problems: Problem[],
): readonly FindingClass[] {
  const sole = soleClass[kind];
  if (text === undefined && sole !== null) return [sole];
  const names = (text ?? '').split(/\s+/).filter((name) => name !== '');
  const known = findingClasses.filter((one) => names.includes(one));
  const can = sole === null ? findingClasses : [sole];
  const strange = names.filter((name) => !can.some((one) => one === name));
  if (strange.length > 0)
    problems.push(
      problem(`${path}: ${strange.join(', ')} is no class of ${kind}`, `use ${can.join(', ')}`),
    );
  else if (known.length === 0)
    problems.push(
      problem(
        `${path}: it is not said what was scanned for, and the report itself does not tell`,
        `add classes= with those that the scanner was asked for, such as ${example}`,
      ),
    );
  if (kind === 'sarif' && known.length > 1)
    problems.push(problem(`${path}: a SARIF report is of one class`, 'name one'));
  return known;
}

const shapes = {
  digest: /^sha256:[0-9a-f]{64}$/,
  commit: /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/,
  sha256: /^[0-9a-f]{64}$/,
} as const;

function proofsOf(
  path: string,
  given: ReadonlyMap<Word, string>,
  problems: Problem[],
): readonly Proof[] {
  const proofs = (['digest', 'commit', 'sha256'] as const).flatMap((kind): Proof[] => {
    const value = given.get(kind);
    if (value === undefined) return [];
    // Image references that end in a digest are what build steps hand on.
    const plain = kind === 'digest' ? value.replace(/^.*@/, '') : value;
    if (!shapes[kind].test(plain)) {
      const says = `${path}: ${kind}=${value.slice(0, 80)} is none`;
      const fix =
        value === ''
          ? 'the expression there comes to nothing: look at the output that it names'
          : `write ${kind === 'digest' ? 'sha256: and ' : ''}hex digits in full`;
      problems.push(problem(says, fix));
    }
    return [{ kind, value: plain }];
  });
  const made = given.get('made');
  if (made !== undefined && made !== 'here')
    problems.push(
      problem(`${path}: made=${made} is not known`, 'write made=here, or leave it out'),
    );
  return made === 'here' ? [...proofs, { kind: 'this-job' }] : proofs;
}

function dateOf(path: string, text: string | undefined, problems: Problem[]): Date | null {
  if (text === undefined) return null;
  const date = new Date(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(date.getTime())) return date;
  const says = `${path}: db-updated=${text.slice(0, 80)} is no point in time`;
  problems.push(
    problem(says, 'write it as trivy version --format json does: 2026-01-31T06:00:00Z'),
  );
  return null;
}
