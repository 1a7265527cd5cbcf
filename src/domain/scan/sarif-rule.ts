import type { Severity } from './finding';
import type { JudgedFinding } from './judge';

export interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly helpUri?: string;
  readonly defaultConfiguration: { readonly level: 'error' | 'warning' | 'note' };
  readonly properties: {
    readonly tags: readonly string[];
    readonly precision: 'very-high';
    readonly 'security-severity'?: string;
  };
}

// GitHub's lengths.
const longestName = 255;
const longestText = 1024;

const defaultScore: Readonly<Record<Severity, number | null>> = {
  critical: 9.5,
  high: 8,
  medium: 5.5,
  low: 2,
  unknown: null,
};

/** What GitHub shows of a rule; its severity is the worst of its findings. */
export function sarifRule(findings: readonly JudgedFinding[]): SarifRule {
  const [first] = findings;
  if (first === undefined) throw new Error('a rule without a finding');
  const { rule, class: of } = first;
  const scores = findings.map(({ score, severity }) => score ?? defaultScore[severity] ?? 0);
  const worst = Math.max(...scores.slice(0, 1000));
  // Above 0, or it is left out.
  const score = worst > 0 ? { 'security-severity': worst.toFixed(1) } : {};
  const title = { text: rule.title.slice(0, longestText) };
  const named = [rule.id, ...rule.aliases].join(', ').slice(0, 300);
  const link = rule.url === null ? '' : ` ${rule.url}`;
  return {
    id: rule.id,
    name: rule.id.slice(0, longestName),
    shortDescription: title,
    fullDescription: title,
    help: { text: `${named}: ${rule.title}${link}`.slice(0, longestText) },
    ...(rule.url === null ? {} : { helpUri: rule.url }),
    defaultConfiguration: { level: worst >= 7 ? 'error' : worst >= 4 ? 'warning' : 'note' },
    properties: { tags: ['security', of], precision: 'very-high', ...score },
  };
}
