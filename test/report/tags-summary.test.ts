import { expect, test } from '@jest/globals';
import { tagsSummary } from '../../src/report/tags-summary';

const gave = { rule: 'type=sha', tag: 'sha-860c190', why: 'the commit' };
const not = { rule: 'type=ref,event=tag', tag: null, why: 'refs/heads/main is no git tag' };

test('what was given comes first, and what was not is folded', () => {
  const report = { version: 'sha-860c190', tags: ['a/b:sha-860c190'], explanation: [not, gave] };
  expect(tagsSummary(report, null)).toBe(`## Image tags: \`sha-860c190\`

- \`a/b:sha-860c190\`

| Tag | Rule | Why |
| --- | --- | --- |
| \`sha-860c190\` | \`type=sha\` | the commit |

<details><summary>1 rule gave no tag</summary>

| Rule without a tag | Why |
| --- | --- |
| \`type=ref,event=tag\` | refs/heads/main is no git tag |

</details>
`);
});

test('when no rule gave a tag the reasons are open', () => {
  const summary = tagsSummary({ version: '', tags: [], explanation: [not] }, null);
  expect(summary).toContain('## Image tags: none');
  expect(summary).toContain('| `type=ref,event=tag` | refs/heads/main is no git tag |');
  expect(summary).not.toContain('<details>');
});

test('of very many rules the first are shown, and how many follow', () => {
  const explanation = Array.from({ length: 10_000 }, (_, n) => ({ ...gave, tag: `t${n}` }));
  const tags = explanation.map(({ tag }) => `a/b:${tag}`);
  const summary = tagsSummary({ version: 't0', tags, explanation }, null);
  expect(summary.match(/… and 9900 more/g)).toHaveLength(2);
  expect(summary.length).toBeLessThan(20_000);
});

test('markup of names stays text', () => {
  const explanation = [{ rule: '`</details><img>|', tag: null, why: '<script> | **bold**' }, gave];
  const summary = tagsSummary({ version: 'x', tags: [], explanation }, null);
  expect(summary).not.toMatch(/<img>(?!.*`)|<script>|\*\*bold/);
  expect(summary.match(/<\/details>\n/g)).toHaveLength(1);
});
