import type { Severity } from './finding';
import { fingerprintOf } from './identity';
import type { JudgedFinding, ScanSource } from './judge';
import { sarifRule, type SarifRule } from './sarif-rule';

/** What GitHub takes of one file: https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads. */
export const sarifLimits = {
  runs: 20,
  /** It takes 25,000 and shows 5,000, not always the worst ones. */
  results: 5_000,
  gzipBytes: 10_000_000,
} as const;

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string; readonly uriBaseId: 'ROOTPATH' };
        readonly region: { readonly startLine: number };
      };
    },
  ];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
}

interface SarifRun {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly version?: string;
      readonly rules: readonly SarifRule[];
    };
  };
  readonly automationDetails: { readonly id: string };
  readonly originalUriBaseIds: { readonly ROOTPATH: { readonly uri: string } };
  readonly columnKind: 'utf16CodeUnits';
  readonly results: readonly SarifResult[];
}

export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly SarifRun[];
}

export interface SarifView {
  readonly log: SarifLog;
  /** What was left out, in words. */
  readonly notes: readonly string[];
}

/** All findings but the ignored ones, in one run for each tool, image and architecture. @param findings the worst first */
export function toSarif(
  findings: readonly JudgedFinding[],
  sources: readonly ScanSource[],
  options: { readonly category: string; readonly maxResults: number },
): SarifView {
  const groups = new Map<
    string,
    { tool: string; category: string; found: JudgedFinding[]; source: ScanSource }
  >();
  const groupOf = (tool: string, source: ScanSource) => {
    const category = categoryOf(options.category, source);
    const key = `${tool}\n${category}`;
    const group = groups.get(key) ?? { tool, category, found: [], source };
    groups.set(key, group);
    return group;
  };
  // A run without results is how GitHub learns that the alerts of before are gone.
  for (const source of sources) if (source.facts.tool !== '') groupOf(source.facts.tool, source);
  for (const finding of findings)
    if (finding.decision !== 'ignored') groupOf(finding.tool, finding.source).found.push(finding);
  const notes: string[] = [];
  const kept = [...groups.values()].slice(0, sarifLimits.runs);
  if (groups.size > kept.length)
    notes.push(`SARIF has ${kept.length} runs of ${groups.size}: GitHub takes no more in one file`);
  const runs = kept.map(({ tool, category, found, source }) => {
    if (found.length > options.maxResults)
      notes.push(
        `SARIF of ${tool} (${category}) has ${options.maxResults} results of ${found.length}, the worst ones`,
      );
    return runOf(tool, category, source, found.slice(0, options.maxResults));
  });
  return { log: { $schema: schema, version: '2.1.0', runs }, notes };
}

const schema = 'https://json.schemastore.org/sarif-2.1.0.json';

/** A category that outlives tags: of an image the repository and the architecture. It ends in a slash: what follows would be a run's id. */
function categoryOf(category: string, { facts }: ScanSource): string {
  const parts = [category, facts.image, facts.image === '' ? '' : facts.architecture];
  return `${parts.filter((part) => part !== '').join('/')}/`;
}

function runOf(
  tool: string,
  category: string,
  { facts }: ScanSource,
  found: readonly JudgedFinding[],
): SarifRun {
  const byRule = new Map<string, JudgedFinding[]>();
  for (const finding of found) {
    const same = byRule.get(finding.rule.id);
    if (same === undefined) byRule.set(finding.rule.id, [finding]);
    else same.push(finding);
  }
  const indices = new Map([...byRule.keys()].map((id, index) => [id, index]));
  const version = facts.version === '' ? {} : { version: facts.version };
  return {
    tool: {
      driver: {
        name: tool,
        ...version,
        rules: [...byRule.values()].map(sarifRule),
      },
    },
    automationDetails: { id: category },
    originalUriBaseIds: { ROOTPATH: { uri: 'file:///' } },
    columnKind: 'utf16CodeUnits',
    results: found.map((finding) => resultOf(finding, indices.get(finding.rule.id) ?? 0)),
  };
}

const levelOf: Readonly<Record<Severity, SarifResult['level']>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  unknown: 'note',
};

function resultOf(finding: JudgedFinding, ruleIndex: number): SarifResult {
  const location = {
    artifactLocation: { uri: uriOf(finding.target), uriBaseId: 'ROOTPATH' as const },
    region: { startLine: finding.line ?? 1 },
  };
  return {
    ruleId: finding.rule.id,
    ruleIndex,
    level: levelOf[finding.severity],
    message: { text: messageOf(finding) },
    locations: [{ physicalLocation: location }],
    partialFingerprints: { primaryLocationLineHash: fingerprintOf(finding) },
  };
}

/** One sentence of ours around the tool's words. */
function messageOf({ rule, package: found, secret, class: of }: JudgedFinding): string {
  const title = /[.!?]$/.test(rule.title) ? rule.title : `${rule.title}.`;
  if (of === 'secret') return `${title} Status: ${secret ?? 'unknown'}.`;
  if (found === null) return title;
  const fix = found.fixedIn === '' ? 'There is no fix.' : `Fixed in ${found.fixedIn}.`;
  return `${found.name} ${found.version}: ${title} ${of === 'licence' ? '' : fix}`.trim();
}

// Half a character makes encodeURIComponent throw.
const loneSurrogate = /\p{Surrogate}/gu;

/** A relative URI: whatever a report calls a path, it stays one, and is no address of another host. */
export function uriOf(target: string): string {
  const parts = target
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  return (
    parts.map((part) => encodeURIComponent(part.replace(loneSurrogate, '\ufffd'))).join('/') ||
    'unknown'
  );
}
