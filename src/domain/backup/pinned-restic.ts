import type { ToolArchive } from '../tool-archive';

/** The build that is installed where there is none on PATH that is new enough. */
export const pinnedRestic = '0.19.1';

/** The oldest one that prints a summary with the whole id of a snapshot. */
const oldest = { major: 0, minor: 14 };

const released = (platform: string, suffix: string, sha256: string): ToolArchive => {
  const path = `/restic/restic/releases/download/v${pinnedRestic}/restic_${pinnedRestic}_${suffix}.bz2`;
  return { tool: 'restic', version: pinnedRestic, platform, path, packing: 'bz2', sha256 };
};

// Each of these sums stands in several independent public repositories that pin the same archive.
const archives: readonly ToolArchive[] = [
  released(
    'linux-x64',
    'linux_amd64',
    'f415415624dcc452f2a02b8c33641791a8c6d6d3b65bbb3543fcf9a25151585c',
  ),
  released(
    'linux-arm64',
    'linux_arm64',
    'a5f64aaab53d51e311fa3829124c5b703f2d14cf187d8640b6be3b2b49376465',
  ),
];

/** Its archive for a platform such as `linux-x64`; undefined = no sum of it is known here. */
export function resticArchive(platform: string): ToolArchive | undefined {
  return archives.find((one) => one.platform === platform);
}

/** Whether what `restic version` printed is new enough for copies. */
export function takesCopies(printed: string): boolean {
  const [, major, minor] = /^restic (\d+)\.(\d+)/.exec(printed) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > oldest.major || Number(minor) >= oldest.minor;
}
