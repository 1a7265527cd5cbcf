import Handlebars from 'handlebars';
import type { FormatDate } from './format-date';
import { branchOf, isDefaultBranch, shortSha, tagOf, type TagEvent } from './tag-event';

type Helper = (...given: unknown[]) => string;

/** Renders a template with the expressions that may stand in any attribute: branch, tag, sha, base_ref, dates, … Throws for a template that is none. */
export function renderGlobal(template: string, event: TagEvent): string {
  return render(template, {
    ...dates(event),
    branch: () => branchOf(event) ?? '',
    tag: () => tagOf(event) ?? '',
    sha: () => shortSha(event),
    base_ref: () => event.baseRef,
    is_default_branch: () => String(isDefaultBranch(event)),
    is_not_default_branch: () => String(!isDefaultBranch(event)),
  });
}

/** Renders a template that may only ask for dates. */
export function renderDates(template: string, event: TagEvent): string {
  return render(template, dates(event));
}

/** Compiling takes most of the time: one pattern is rendered for every git tag, and many rules share theirs. */
const compiled = new Map<string, Handlebars.TemplateDelegate>();

/** Renders a template with the given values, HTML-escaped as docker/metadata-action does. */
export function render(template: string, values: Readonly<Record<string, unknown>>): string {
  if (!template.includes('{{')) return template;
  const known = compiled.get(template) ?? Handlebars.compile(template);
  compiled.set(template, known);
  return known(values);
}

/** Whether a pattern is `{{raw}}` and nothing else, however it is spelled. */
export function isRaw(pattern: string): boolean {
  const [only, ...more] = Handlebars.parseWithoutProcessing(pattern).body;
  if (only?.type !== 'MustacheStatement' || more.length > 0) return false;
  const { path } = only as hbs.AST.MustacheStatement;
  return path.type === 'PathExpression' && (path as hbs.AST.PathExpression).original === 'raw';
}

function dates({ now, commitDate, formatDate }: TagEvent): Readonly<Record<string, Helper>> {
  return { date: dateHelper(now, formatDate), commit_date: dateHelper(commitDate, formatDate) };
}

/** `{{date 'YYYYMMDD' tz='Asia/Tokyo'}}`, by moment's format; UTC without a zone. */
function dateHelper(date: Date, formatDate: FormatDate): Helper {
  return (...given) => {
    if (given.length < 2) throw new Error("A date needs a format: {{date 'YYYYMMDD'}}");
    const { hash } = given.at(-1) as { hash: Readonly<Record<string, unknown>> };
    const unknown = Object.keys(hash).find((key) => key !== 'tz');
    if (unknown !== undefined) throw new Error(`Unknown ${unknown} attribute`);
    const zone = typeof hash['tz'] === 'string' ? hash['tz'] : 'UTC';
    return formatDate(date, String(given[0]), zone);
  };
}
