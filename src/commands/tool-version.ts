import type { ScanTool } from '../domain/scan/planned-scan';

const words: Readonly<Record<ScanTool, readonly string[]>> = {
  trivy: ['--version'],
  trufflehog: ['--version'],
  gitleaks: ['version'],
};

/** Words that make a tool print its version. */
export function versionWords(tool: ScanTool): readonly string[] {
  return words[tool];
}

/** The version among what a tool printed; empty = it does not say, as builds of distributions may not. */
export function readToolVersion(printed: string): string {
  return /(?:^|[\sv])(\d+\.\d+\.\d+)\b/.exec(printed.split('\n').slice(0, 5).join('\n'))?.[1] ?? '';
}
