import type { ToolArchive } from '../tool-archive';
import type { ScanTool } from './planned-scan';

/** The builds that are installed where the wanted one is not on PATH. */
export const pinnedVersions: Readonly<Record<ScanTool, string>> = {
  trivy: '0.75.0',
  trufflehog: '3.95.9',
  gitleaks: '8.30.1',
};

const released = (
  tool: ScanTool,
  owner: string,
  platform: string,
  suffix: string,
  sha256: string,
): ToolArchive => {
  const version = pinnedVersions[tool];
  const file = `${tool}_${version}_${suffix}.tar.gz`;
  const path = `/${owner}/${tool}/releases/download/v${version}/${file}`;
  return { tool, version, platform, path, packing: 'tar.gz', sha256 };
};

// Each of these sums stands in several independent public repositories that pin the same archive.
const archives: readonly ToolArchive[] = [
  released(
    'trivy',
    'aquasecurity',
    'linux-x64',
    'Linux-64bit',
    'c6e65abddb348e25f10549df887045629cf28cc72453cd1c63acb717316b3f3f',
  ),
  released(
    'trivy',
    'aquasecurity',
    'linux-arm64',
    'Linux-ARM64',
    'a1ee9f6ffb7d112b64ff726a2a0717c21175c1114361391f4a132956751a13b3',
  ),
  released(
    'trufflehog',
    'trufflesecurity',
    'linux-x64',
    'linux_amd64',
    'f6d1106b85107d79527ed7a5b98b592beadd8b770dc3c9e8c1ad99e1b2cf127e',
  ),
  released(
    'trufflehog',
    'trufflesecurity',
    'linux-arm64',
    'linux_arm64',
    '9d9c2ec4ea36a089a9c5aaafe1969d176013ddf9f44d68e8cd75291aed8c83ed',
  ),
  released(
    'gitleaks',
    'gitleaks',
    'linux-x64',
    'linux_x64',
    '551f6fc83ea457d62a0d98237cbad105af8d557003051f41f3e7ca7b3f2470eb',
  ),
  released(
    'gitleaks',
    'gitleaks',
    'linux-arm64',
    'linux_arm64',
    'e4a487ee7ccd7d3a7f7ec08657610aa3606637dab924210b3aee62570fb4b080',
  ),
];

/** The archive of a tool for a platform such as `linux-x64`; undefined = no sum of it is known here. */
export function pinnedArchive(
  tool: ScanTool,
  version: string,
  platform: string,
): ToolArchive | undefined {
  return archives.find(
    (one) => one.tool === tool && one.version === version && one.platform === platform,
  );
}
