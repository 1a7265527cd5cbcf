import { ShiplockError, messageOf } from '../../errors';
import { oneLine } from '../one-line';

/** What S3 calls its errors, and what to do about each. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const fixes: Readonly<Record<string, string>> = {
  NoSuchKey:
    'No copy is there. Are app, environment, `backup-id` and the folder in `s3-url` right?',
  NoSuchBucket: 'Make the bucket first, or mend its name in `s3-url`.',
  InvalidAccessKeyId: 'The server does not know `s3-access-key`.',
  XAdminUserNotFound: 'The server does not know `s3-access-key`.',
  SignatureDoesNotMatch: '`s3-secret-key` does not belong to `s3-access-key`.',
  AccessDenied:
    'These keys need s3:PutObject, s3:GetObject and s3:AbortMultipartUpload on the folder; nothing else. It is also what a key that may not list is told of an object that is not there.',
  PermanentRedirect: 'The bucket is in another region: say it in `s3-url`, as `?region=…`.',
  AuthorizationHeaderMalformed: "Say the bucket's region in `s3-url`, as `?region=…`.",
  RequestTimeTooSkewed: "The runner's clock and the server's differ by more than 15 minutes.",
  ECONNREFUSED: 'Nothing listens there: is the host in `s3-url` right?',
  ENOTFOUND: 'Its name is not known: is the host in `s3-url` right?',
  TimeoutError: 'It did not answer in time: is there a way from this runner to it?',
};

/** The failure of a call, in words without keys. What was thrown by ourselves on the way goes through as it is. */
export function bucketFailure(doing: string, thrown: unknown): ShiplockError {
  if (thrown instanceof ShiplockError) return thrown;
  const code = codeOf(thrown);
  const said = oneLine(messageOf(thrown));
  const what = said === '' || said === code ? code : `${code}: ${said}`;
  return new ShiplockError(`${doing} failed: ${what}`, {
    hint: fixes[code],
    fault: 'remote',
    cause: thrown,
  });
}

/** The object is not there; a bucket that is not is another matter. */
export function isMissing(thrown: unknown): boolean {
  return ['NotFound', 'NoSuchKey'].includes(codeOf(thrown));
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'Error';
  const { code } = thrown as { code?: unknown };
  return typeof code === 'string' && code !== '' ? code : thrown.name;
}
