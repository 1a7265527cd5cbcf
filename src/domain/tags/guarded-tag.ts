import type { Problem } from '../problem';

/** A tag of a repository, and what stands under it. */
export interface PlacedTag {
  /** `ghcr.io/octo/app:1.2.3` */
  readonly name: string;
  /** The digest it has now; null = there is no such tag. */
  readonly before: string | null;
  /** Whether it is the name of one version, which must not get another content. */
  readonly guarded: boolean;
}

/** Why a tag must not get this digest; null when it may, or has it already. */
export function judgeTag({ name, before, guarded }: PlacedTag, digest: string): Problem | null {
  if (!guarded || before === null || before === digest) return null;
  return {
    path: name,
    says: `is ${before} already, and would become ${digest}`,
    fix: 'release a new version; or promote the digest that it has; or, if it really must move, delete it in the registry or set immutable: false',
  };
}

/** Why a build must not begin: nobody knows its digest yet, and it would be another one. */
export function judgeBuild({ name, before, guarded }: PlacedTag): Problem | null {
  if (!guarded || before === null) return null;
  return {
    path: name,
    says: `is ${before} already, and a build would replace it`,
    fix: `release a new version; or use what is there: promote: ${name.replace(/:[^:/]+$/, '')}@${before}; or, if it really must move, delete it in the registry or set immutable: false`,
  };
}
