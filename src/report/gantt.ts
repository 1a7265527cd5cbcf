import type { JournalRecord } from '../domain/records/journal';
import { duration } from './durations';
import { spans, type Span } from './spans';

/** A host's journal, as far as the timeline needs it. */
export interface Timeline {
  readonly host: string;
  readonly records: readonly JournalRecord[];
}

// Mermaid refuses a text of more than 50,000 characters; a chart of more bars than this cannot be read anyway.
const mostHosts = 10;
const mostSpans = 40;

/** The hosts' timelines as the text of a Mermaid gantt chart, to the millisecond; null when no step was recorded. */
export function gantt(timelines: readonly Timeline[]): string | null {
  const sections = timelines
    .map(({ host, records }) => ({ host, spans: spans(records).slice(0, mostSpans) }))
    .filter((section) => section.spans.length > 0)
    .slice(0, mostHosts);
  if (sections.length === 0) return null;
  const all = sections.flatMap((section) => section.spans);
  const lengthMs =
    Math.max(...all.map((span) => span.endMs)) - Math.min(...all.map((span) => span.startMs));
  const widest = Math.max(...sections.map((section) => label(section.host).length));
  return [
    // Section names lie over the first bars unless there is room for them; a letter takes about 7 pixels.
    `%%{init: {"gantt": {"leftPadding": ${Math.max(75, 20 + 7 * widest)}}}}%%`,
    'gantt',
    '  dateFormat x',
    `  axisFormat ${lengthMs < 10_000 ? '%S.%L' : '%H:%M:%S'}`,
    '  todayMarker off',
    ...sections.flatMap((section) => [
      `  section ${label(section.host)}`,
      ...section.spans.map((span) => `  ${task(span)}`),
    ]),
  ].join('\n');
}

function task(span: Span): string {
  const note = { done: '', failed: ' failed', interrupted: ' interrupted', open: ' not ended' };
  const name = `${span.step}${note[span.end]} ${duration(span.endMs - span.startMs)}`;
  // A bar without width is not drawn.
  const times = [span.startMs, Math.max(span.endMs, span.startMs + 1)];
  return `${name} :${[...tags(span), ...times].join(', ')}`;
}

function tags(span: Span): string[] {
  if (span.end === 'failed' || span.step === 'back' || span.step === 'undo') return ['crit'];
  return span.end === 'done' ? [] : ['active'];
}

/** Chart text cannot be quoted in Mermaid: what could end a label or start a statement becomes a dash. */
function label(text: string): string {
  const plain = text.replace(/[^\p{L}\p{N}._ ()[\]@-]/gu, '-').slice(0, 60);
  return plain.trim() === '' ? 'host' : plain.trim();
}
