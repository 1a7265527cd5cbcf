import { formatDate } from '../../src/domain/tags/format-date';
import type { TagEvent } from '../../src/domain/tags/tag-event';

/** A push to `main` of the repository octocat/Hello-World, or what is changed of it. */
export function tagEvent(changes: Partial<TagEvent> = {}): TagEvent {
  return {
    name: 'push',
    ref: 'refs/heads/main',
    sha: '860c1904a1ce19322e91ac35af1ab07466440c37',
    baseRef: '',
    repository: {
      name: 'Hello-World',
      description: 'This your first repo!',
      url: 'https://github.com/octocat/Hello-World',
      defaultBranch: 'main',
      license: 'MIT',
    },
    now: new Date('2026-11-23T22:30:00Z'),
    commitDate: new Date('2026-11-20T13:19:12Z'),
    shortSha: 7,
    formatDate,
    ...changes,
  };
}

/** A push of a git tag. */
export function gitTag(name: string): TagEvent {
  return tagEvent({ ref: `refs/tags/${name}` });
}
