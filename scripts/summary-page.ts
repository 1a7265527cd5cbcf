import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Marked } from 'marked';
import { ganttSvg } from './gantt-svg';

const style = `
:root { color-scheme: light dark; --line: #d1d9e0; --soft: #f6f8fa; --text: #1f2328; --dim: #59636e; --bar: #2f81f7; --bad: #d1242f; --open: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #151b23; --text: #f0f6fc; --dim: #9198a1; --bar: #4493f8; --bad: #f85149; --open: #d29922; } body { background: #0d1117; } }
body { color: var(--text); font: 16px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", Helvetica, Arial, sans-serif, "Noto Color Emoji"; max-width: 1012px; margin: 32px auto; padding: 0 24px; }
h2 { border-bottom: 1px solid var(--line); padding-bottom: .3em; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 16px 0; font-size: 14px; }
th, td { border: 1px solid var(--line); padding: 6px 12px; text-align: left; vertical-align: top; }
tr:nth-child(2n) { background: var(--soft); }
code { background: var(--soft); border-radius: 6px; padding: .15em .4em; font: 85% ui-monospace, "DejaVu Sans Mono", Menlo, monospace; overflow-wrap: anywhere; }
pre { background: var(--soft); border-radius: 6px; padding: 16px; overflow-x: auto; }
pre code { padding: 0; background: none; overflow-wrap: normal; }
summary { cursor: pointer; font-weight: 600; }
.gantt { width: 100%; font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, monospace; fill: var(--text); border: 1px solid var(--line); border-radius: 6px; padding: 12px; box-sizing: border-box; }
.gantt .tick { stroke: var(--line); } .gantt .axis { fill: var(--dim); } .gantt .section { font-weight: bold; }
.gantt .bar { fill: var(--bar); } .gantt .crit { fill: var(--bad); } .gantt .active { fill: var(--open); }
`;

/** One HTML page that shows a job summary much as GitHub does; it loads nothing, and its Mermaid timeline is drawn already. */
export function summaryPage(markdown: string, title: string): string {
  const marked = new Marked({
    gfm: true,
    renderer: {
      code: ({ text, lang }) => (lang === 'mermaid' ? ganttSvg(text) : false),
    },
  });
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    // A page of a container's words: nothing in it may run or load.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title>`,
    `<style>${style}</style></head><body>`,
    marked.parse(markdown, { async: false }),
    '</body></html>',
    '',
  ].join('\n');
}

/** `tsx scripts/summary-page.ts SUMMARY.md PAGE.html [TITLE]` */
function main([from, to, title]: readonly string[]): void {
  if (from === undefined || to === undefined)
    throw new Error('usage: tsx scripts/summary-page.ts SUMMARY.md PAGE.html [TITLE]');
  writeFileSync(to, summaryPage(readFileSync(from, 'utf8'), title ?? 'Job summary'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2));
