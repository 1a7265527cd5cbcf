/** One bar of a chart; `mark` is what Mermaid calls a tag. */
interface Bar {
  readonly name: string;
  readonly mark: '' | 'crit' | 'active';
  readonly startMs: number;
  readonly endMs: number;
}

interface Section {
  readonly name: string;
  readonly bars: Bar[];
}

const width = 960;
const nameWidth = 190;
const rightMargin = 16;
const rowHeight = 24;
const axisHeight = 28;

/** Draws the gantt charts that summaries hold (sections, bars with start and end in milliseconds) as SVG, without a network. */
export function ganttSvg(mermaid: string): string {
  const sections = parse(mermaid);
  const bars = sections.flatMap((section) => section.bars);
  if (bars.length === 0) throw new Error(`no bar in this gantt chart:\n${mermaid}`);
  const startMs = Math.min(...bars.map((bar) => bar.startMs));
  const endMs = Math.max(...bars.map((bar) => bar.endMs));
  const scale = (ms: number) =>
    nameWidth + ((ms - startMs) / (endMs - startMs)) * (width - nameWidth - rightMargin);
  const height = axisHeight + (bars.length + sections.length) * rowHeight + 8;
  const from = new Date(startMs).toISOString().slice(0, 19).replace('T', ' ');
  return [
    `<svg class="gantt" viewBox="0 0 ${width} ${height}" role="img" aria-label="Timeline from ${from} UTC">`,
    ...ticks(endMs - startMs).map((ms) => tick(ms, scale(startMs + ms), height)),
    ...rows(sections, scale),
    '</svg>',
  ].join('\n');
}

function parse(mermaid: string): Section[] {
  const sections: Section[] = [];
  for (const line of mermaid.split('\n')) {
    const section = /^ *section (.+)$/.exec(line)?.[1];
    const task = /^ *(.+?) :(?:(crit|active), )?(\d+), (\d+)$/.exec(line);
    if (section !== undefined) sections.push({ name: section, bars: [] });
    else if (task !== null) sections.at(-1)?.bars.push(barOf(task));
  }
  return sections;
}

function barOf([, name = '', mark = '', start, end]: RegExpExecArray): Bar {
  return {
    name,
    mark: mark === 'crit' || mark === 'active' ? mark : '',
    startMs: Number(start),
    endMs: Number(end),
  };
}

/** Four to eight round distances from the start. */
function ticks(lengthMs: number): number[] {
  const magnitudes = [1, 10, 100, 1000, 10_000, 60_000, 600_000, 3_600_000];
  const round = magnitudes.flatMap((size) => [size, 2 * size, 5 * size]).sort((a, b) => a - b);
  const step = round.find((size) => lengthMs / size <= 8) ?? lengthMs;
  return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, index) => index * step);
}

function tick(ms: number, x: number, height: number): string {
  return (
    `<line class="tick" x1="${x}" x2="${x}" y1="${axisHeight - 6}" y2="${height}"/>` +
    `<text class="axis" x="${x}" y="14" text-anchor="middle">${distance(ms)}</text>`
  );
}

/** `0.5 s`, from a minute on `1:10`. */
function distance(ms: number): string {
  if (ms < 60_000) return `${ms / 1000} s`;
  return `${Math.floor(ms / 60_000)}:${String(Math.round((ms % 60_000) / 1000)).padStart(2, '0')}`;
}

function rows(sections: readonly Section[], scale: (ms: number) => number): string[] {
  let y = axisHeight;
  const drawn: string[] = [];
  for (const section of sections) {
    drawn.push(`<text class="section" x="0" y="${y + 16}">${escaped(section.name)}</text>`);
    y += rowHeight;
    for (const bar of section.bars) {
      drawn.push(row(bar, y, scale));
      y += rowHeight;
    }
  }
  return drawn;
}

function row(bar: Bar, y: number, scale: (ms: number) => number): string {
  const x = scale(bar.startMs);
  // A switch takes a few milliseconds of a minute: still to be seen.
  const length = Math.max(3, scale(bar.endMs) - x);
  const kind = bar.mark === '' ? 'bar' : `bar ${bar.mark}`;
  return (
    `<text class="name" x="${nameWidth - 12}" y="${y + 16}" text-anchor="end">${escaped(bar.name)}</text>` +
    `<rect class="${kind}" x="${x.toFixed(1)}" y="${y + 4}" width="${length.toFixed(1)}" height="16" rx="3"/>`
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
