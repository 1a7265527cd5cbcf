import { megabytes } from '../images/image-size';
import { blankFinding, type Finding } from './finding';
import type { ScanSource, ScanTrouble } from './judge';
import { ownTool, type ScanPolicy } from './policy';

type Budgets = Pick<ScanPolicy, 'maxImageSize' | 'maxImageLayers'>;
type Budgeted = Finding & { readonly source: ScanSource };

/** Images that are over their budgets, and why nobody can tell where no report says what an image takes. */
export function judgeImageBudgets(
  sources: readonly ScanSource[],
  budgets: Budgets,
): { readonly findings: readonly Budgeted[]; readonly troubles: readonly ScanTrouble[] } {
  const { maxImageSize, maxImageLayers } = budgets;
  if (maxImageSize === null && maxImageLayers === null) return { findings: [], troubles: [] };
  const images = sources.filter(({ classes, facts }) => classes.length > 0 && facts.image !== '');
  const findings = images.flatMap((source) =>
    excessesOf(source, budgets).map((finding) => Object.assign(finding, { source })),
  );
  const untold = images.filter(({ facts }) => facts.size === null || facts.layers === null);
  const troubles = untold.map(({ path }) => untoldBy(path));
  return { findings, troubles: images.length === 0 ? [untoldBy('the image budget')] : troubles };
}

const untoldBy = (subject: string): ScanTrouble => ({
  subject,
  says: 'no report tells how large an image is, and there is a budget for it',
  fix: "give Trivy's report of the image, or take max-image-size and max-image-layers out",
});

function excessesOf(
  { facts }: ScanSource,
  { maxImageSize, maxImageLayers }: Budgets,
): readonly Finding[] {
  const { image, architecture, size, layers } = facts;
  const excess = (id: string, title: string): Finding => ({
    ...blankFinding('misconfiguration', ownTool, { id, aliases: [], title, url: null }),
    severity: 'medium',
    target: image,
    mark: architecture,
  });
  const found: Finding[] = [];
  if (maxImageSize !== null && size !== null && size > maxImageSize)
    found.push(
      excess('image-size', `The image takes ${megabytes(size)}, over ${megabytes(maxImageSize)}`),
    );
  if (maxImageLayers !== null && layers !== null && layers > maxImageLayers)
    found.push(excess('image-layers', `The image has ${layers} layers, over ${maxImageLayers}`));
  return found;
}
