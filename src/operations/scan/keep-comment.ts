import type { PullCommentsApi } from '../../platform/github/pull-comments';

/**
 * One comment of ours a pull request: the one that begins with the marker and was written by the owner of this token is changed,
 * else there is a new one. Anybody can write the marker, so it alone proves nothing. Throws a GithubFailure.
 */
export async function keepComment(
  comments: PullCommentsApi,
  marker: string,
  text: string,
): Promise<'new' | 'changed' | 'the same'> {
  const body = `${marker}\n${text}`;
  const [self, all] = [await comments.self(), await comments.list()];
  // An app's comments carry its name with an ending that only apps have.
  const mine = [self, `${self}[bot]`];
  const own = all.find((one) => one.body.startsWith(marker) && mine.includes(one.author ?? ''));
  if (own === undefined) {
    await comments.create(body);
    return 'new';
  }
  if (own.body === body) return 'the same';
  await comments.update(own.id, body);
  return 'changed';
}
