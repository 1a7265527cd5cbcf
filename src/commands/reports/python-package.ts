import type { AffectedPackage } from '../../domain/scan/finding';

/** A package of PyPI; names are normalised as package URLs want it. */
export function pythonPackage(name: string, version: string, fixedIn: string): AffectedPackage {
  const plain = name.toLowerCase().replaceAll(/[-_.]+/g, '-');
  const purl = `pkg:pypi/${plain}${version === '' ? '' : `@${version}`}`;
  return { name, version, purl, fixedIn, scope: null, path: '' };
}
