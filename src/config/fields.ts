import { z } from 'zod';
import { durationFormat, parseDuration } from '../domain/duration';

/** Names become parts of DNS names, Compose projects and folders, so they stay within what all of them take. */
export const namePattern = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const servicePattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;

/** `parseDuration` of the domain says the same; the schema that editors read has no transforms. */
export const durationPattern = /^(?=\d)(\d{1,6}h)?(\d{1,6}m(?!s))?(\d{1,6}s)?(\d{1,9}ms)?$/;

export const duration = z
  .string()
  .regex(durationPattern, { error: durationFormat, abort: true })
  .refine((text) => parseDuration(text) !== undefined, { error: 'longer than a week' });

export const serviceName = z.string().regex(servicePattern, {
  error: 'expected the name of a compose service (letters, digits, ".", "_", "-")',
});

/** Any path that fits into one line: quotes, blanks and what a shell would expand are welcome. */
export const path = z.string().regex(/^\P{Cc}+$/u, {
  error: 'expected a path without line breaks and control characters',
});

/** A folder of the host that containers mount. */
export const mountedFolder = path.regex(/^[^:]*$/, {
  error: 'expected a folder without a colon, at which Docker takes mounts apart',
});

export const port = z.int().min(1).max(65_535);
export const count = z.int().min(1);
export const httpStatus = z.int().min(100).max(599);

export const url = z
  .string()
  .regex(/^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/, { error: 'expected an http:// or https:// URL' });

export const jsonFields = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .describe('Fields of a JSON answer, dotted path to exact value, e.g. { status: healthy }');

/** A command: a text goes through `/bin/sh -c`, a list is run as it stands (for images without a shell). */
export const command = z.union([z.string().min(1), z.array(z.string()).min(1)], {
  error: 'expected a command as text, or as a list of words',
});
