import Handlebars from 'handlebars';
import moment from 'moment-timezone';
import { branchOf, isDefaultBranch, shortSha, tagOf, type TagEvent } from './tag-event';

type Helper = (...given: unknown[]) => string;

/** Renders a template with the expressions that may stand in any attribute: branch, tag, sha, base_ref, dates, … Throws for a template that is none. */
export function renderGlobal(template: string, event: TagEvent): string {
  return render(template, {
    ...dates(event),
    branch: branchOf(event) ?? '',
    tag: tagOf(event) ?? '',
    sha: shortSha(event),
    base_ref: event.baseRef,
    is_default_branch: String(isDefaultBranch(event)),
    is_not_default_branch: String(!isDefaultBranch(event)),
  });
}

/** Renders a template that may only ask for dates. */
export function renderDates(template: string, event: TagEvent): string {
  return render(template, dates(event));
}

/** Renders a template with the given values, HTML-escaped as docker/metadata-action does. */
export function render(template: string, values: Readonly<Record<string, unknown>>): string {
  return Handlebars.compile(template)(values);
}

/** Whether a pattern is `{{raw}}` and nothing else. */
export function isRaw(pattern: string): boolean {
  return /^\{\{\s*raw\s*\}\}$/.test(pattern);
}

function dates({ now, commitDate }: TagEvent): Readonly<Record<string, Helper>> {
  return { date: dateHelper(now), commit_date: dateHelper(commitDate) };
}

/** `{{date 'YYYYMMDD' tz='Asia/Tokyo'}}`, by moment's format; UTC without a zone. */
function dateHelper(date: Date): Helper {
  return (...given) => {
    const hash = (given.at(-1) as { hash: Readonly<Record<string, unknown>> }).hash;
    const unknown = Object.keys(hash).find((key) => key !== 'tz');
    if (unknown !== undefined) throw new Error(`Unknown ${unknown} attribute`);
    const zone = typeof hash['tz'] === 'string' ? hash['tz'] : 'UTC';
    if (moment.tz.zone(zone) === null) throw new Error(`Unknown time zone ${zone}`);
    const format = given.length > 1 && typeof given[0] === 'string' ? given[0] : undefined;
    return moment(date).tz(zone).format(format);
  };
}
