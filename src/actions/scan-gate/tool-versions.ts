import { pinnedVersions } from '../../domain/scan/pinned-tools';
import { scanTools, type ScanTool, type WantedVersion } from '../../domain/scan/planned-scan';

type Complain = (input: string, says: string, fix: string) => void;
type Versions = Readonly<Record<ScanTool, WantedVersion>>;

/** The tools that `tools` names, each once, and the build of each that may run. */
export function readVersions(
  text: string,
  version: string | undefined,
  complain: Complain,
): { readonly named: readonly ScanTool[]; readonly versions: Versions } {
  const named = new Set<ScanTool>();
  const versions: Record<ScanTool, WantedVersion> = {
    trivy: { exact: pinnedVersions.trivy },
    trufflehog: { exact: pinnedVersions.trufflehog },
    gitleaks: { exact: pinnedVersions.gitleaks },
  };
  for (const word of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const [name = '', wanted] = word.split('@');
    const tool = scanTools.find((one) => one === name);
    if (tool === undefined)
      complain(
        'tools',
        `${JSON.stringify(name.slice(0, 60))} is no tool`,
        `use ${scanTools.join(', ')}`,
      );
    else {
      if (named.has(tool)) complain('tools', `${tool} is listed twice`, 'list it once');
      named.add(tool);
      if (wanted !== undefined) versions[tool] = readWanted('tools', wanted, complain);
    }
  }
  if (version !== undefined) versions.trivy = readWanted('version', version, complain);
  return { named: [...named], versions };
}

/** `latest` would be another program every day, of whoever may publish it that day. */
function readWanted(input: string, text: string, complain: Complain): WantedVersion {
  if (text === 'path') return 'path';
  const [, exact] = /^v?(\d+\.\d+\.\d+)$/.exec(text) ?? [];
  if (exact !== undefined) return { exact };
  complain(
    input,
    `${JSON.stringify(text.slice(0, 60))} is no exact version`,
    'write one like 1.2.3, or path',
  );
  return 'path';
}
