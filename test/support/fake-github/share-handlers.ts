import { gunzipSync } from 'node:zlib';
import type { Json } from './description';
import type { Handler } from './handler';
import type { IssueComment } from './world';

const absent = { status: 404, message: 'Not Found' } as const;
const page = 'https://github.com/octo-org/octo-repo';

/** What a scan tells GitHub: alerts, and comments of a pull request. */
export const shareHandlers: Readonly<Record<string, Handler>> = {
  'code-scanning/upload-sarif': {
    needs: ['security_events', 'write'],
    answer: (world, { body }) => {
      const { commit_sha: sha, ref, sarif } = body as Readonly<Record<string, string>>;
      const packed = Buffer.from(sarif ?? '', 'base64');
      if (packed.length > 10_000_000) return { status: 413, message: 'Payload too large' };
      const analysis = { id: `upload-${world.id()}`, sha: sha ?? '', ref: ref ?? '' };
      const log = JSON.parse(gunzipSync(packed).toString()) as Json;
      world.analyses.push({ ...analysis, log });
      return { body: { id: analysis.id, url: `https://api.github.com/${analysis.id}` } };
    },
  },
  'code-scanning/get-sarif': {
    needs: ['security_events', 'read'],
    answer: (world, { path }) => {
      const found = world.analyses.find(({ id }) => id === path['sarif_id']);
      if (found === undefined) return absent;
      const { status, errors } = world.processing;
      return {
        body: { processing_status: status, ...(status === 'failed' ? { errors } : {}) },
      };
    },
  },
  'issues/list-comments': {
    needs: ['pull_requests', 'read'],
    answer: (world, { example }) => {
      const [one = {}] = example as unknown as Json[];
      return { list: world.comments.map((comment) => () => shown(comment, one)) };
    },
  },
  'issues/create-comment': {
    needs: ['pull_requests', 'write'],
    answer: (world, { body, example }) => {
      const text = String(body['body']);
      if (text.length > 65_536)
        return { status: 422, message: 'Body is too long (maximum is 65536 characters)' };
      return { body: shown(world.comment(world.login, text), example) };
    },
  },
  'issues/update-comment': {
    needs: ['pull_requests', 'write'],
    answer: (world, { path, body, example }) => {
      const comment = world.comments.find(({ id }) => id === Number(path['comment_id']));
      if (comment === undefined) return absent;
      comment.body = String(body['body']);
      return { body: shown(comment, example) };
    },
  },
};

function shown({ id, author, body }: IssueComment, example: Json): Json {
  const user = author === null ? null : { ...(example['user'] as Json), login: author };
  return { ...example, id, body, user, html_url: `${page}/pull/1#issuecomment-${id}` };
}
