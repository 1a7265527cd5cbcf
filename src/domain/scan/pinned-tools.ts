import type { ScanTool } from './planned-scan';

/** The builds that are installed where the wanted one is not on PATH. */
export const pinnedVersions: Readonly<Record<ScanTool, string>> = {
  trivy: '0.75.0',
  trufflehog: '3.95.9',
  gitleaks: '8.30.1',
};
