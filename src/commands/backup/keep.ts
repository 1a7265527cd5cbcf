import { readSections, sectionHelpers } from '../remote-script';

/** Every folder of backups with its manifest, and every release's record, as they lie there. `$1` base. */
export const inventoryScript = `${sectionHelpers}
[ -d "$1" ] || exit 0
cd "$1"
for file in releases/*/release.json; do
  [ -f "$file" ] && put release <"$file"
done
for folder in backups/*; do
  [ -d "$folder" ] && [ ! -L "$folder" ] || continue
  say folder "\${folder#backups/}"
  if [ -f "$folder/manifest.json" ] && [ ! -L "$folder/manifest.json" ]; then put manifest <"$folder/manifest.json"
  else say manifest ''; fi
done
exit 0
`;

/** What lies there, as texts that nobody has judged yet. */
export interface InventoryTexts {
  readonly releases: readonly string[];
  /** `manifest` is '' where there is none. */
  readonly folders: readonly { readonly name: string; readonly manifest: string }[];
}

/** Reads what that script prints. */
export function parseInventory(output: string): InventoryTexts {
  const sections = readSections(output);
  const manifests = sections.get('manifest') ?? [];
  const names = sections.get('folder') ?? [];
  return {
    releases: sections.get('release') ?? [],
    folders: names.map((name, index) => ({ name, manifest: manifests[index] ?? '' })),
  };
}

/**
 * Removes backups: renames all of them away first, durably, so that whoever dies half way leaves no half of a backup under its name;
 * what earlier runs renamed and did not get to goes along. `$1` base, `$2…` their folders' names. Under the lock.
 */
export const removeBackupsScript = `set -eu
cd "$1/backups"; shift
for name in "$@"; do
  [ -d "$name" ] && [ ! -L "$name" ] || continue
  rm -rf ".removed-$name"
  mv "$name" ".removed-$name"
done
sync . 2>/dev/null || sync
rm -rf .removed-*
`;
