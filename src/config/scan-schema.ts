import { z } from 'zod';
import { findingClasses, secretStatuses } from '../domain/scan/finding';
import { imageSizeFormat, parseImageSize } from '../domain/images/image-size';
import { levels } from '../domain/scan/thresholds';

const day = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, {
  error: 'expected a date as YYYY-MM-DD, in quotes',
});

const level = z.enum([...levels, 'none'], { error: `expected ${levels.join(', ')} or none` });
const status = z.enum([...secretStatuses, 'none'], {
  error: `expected ${secretStatuses.join(', ')} or none`,
});

const threshold = z.union(
  [
    level,
    z.strictObject({
      vulnerability: level
        .optional()
        .describe('Known holes in packages, and an OS without updates'),
      misconfiguration: level.optional().describe('Checks of configuration that fail'),
      licence: level.optional().describe('Licences of packages and files'),
      code: level.optional().describe('Results of SARIF of any other kind'),
      secret: status.optional().describe('Secrets, by what is known of them'),
    }),
  ],
  { error: 'expected a severity, or a severity for each class' },
);

const names = z.array(z.string().min(1)).default([]);

const ignore = z.strictObject({
  id: z
    .string()
    .min(1)
    .describe('Rule: a CVE or one of its other names, a check, a detector, a licence'),
  class: z.enum(findingClasses).optional().describe('Class of the finding; any when left out'),
  package: z
    .string()
    .regex(/^pkg:[a-z]/, { error: 'expected a package URL such as pkg:npm/lodash' })
    .optional()
    .describe('Package URL, with or without its version'),
  path: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
      error: 'expected a glob, or a list of globs',
    })
    .optional()
    .describe('Where it lies, as a glob'),
  reason: z.string().min(1).describe('Why it may be ignored'),
  expires: day.describe('The day from which on it counts again, 00:00 UTC'),
});

/** The part `scan:` of `shiplock.yml`. */
export const scanSchema = z
  .strictObject({
    'fail-on': threshold
      .optional()
      .describe('From what on a run fails; default high, secrets: unknown'),
    'warn-on': threshold
      .optional()
      .describe('From what on it warns; default medium, secrets: unverified'),
    'unknown-severity': z
      .enum(levels)
      .default('high')
      .describe('What findings without a severity count as'),
    'ignore-unfixed': z
      .boolean()
      .default(false)
      .describe('Vulnerabilities without a fix only get listed'),
    'runtime-only': z
      .boolean()
      .default(false)
      .describe('Vulnerabilities of development dependencies only get listed'),
    cvss: z
      .number()
      .min(0)
      .max(10)
      .optional()
      .describe('Vulnerabilities of this CVSS score and more fail, whatever their severity'),
    'end-of-life': z
      .enum(['fail', 'warn', 'pass'])
      .default('fail')
      .describe('What an operating system without updates means'),
    'max-image-size': z
      .string()
      .refine((size) => parseImageSize(size) !== undefined, { error: imageSizeFormat })
      .optional()
      .describe('Budget of an image, unpacked, such as 500MB'),
    'max-image-layers': z.int().min(1).optional().describe('Budget of its layers'),
    detectors: z
      .record(z.string().min(1), status)
      .default({})
      .describe('Secrets by detector: the mildest status that fails'),
    licences: z
      .strictObject({
        allow: names.describe('Licences that pass; any other one fails'),
        deny: names.describe('Licences that fail'),
      })
      .prefault({})
      .describe('Licences by their SPDX name; `*` at the end for any text'),
    ignores: z.array(ignore).default([]).describe('What the team lives with for a while'),
    'ignore-lifetime': z.int().min(1).default(365).describe('Days that an ignore may live at most'),
    'unused-ignores': z
      .enum(['list', 'fail'])
      .default('list')
      .describe('What an ignore means that fits nothing'),
    'missing-baseline': z
      .enum(['fail', 'gate-on-all'])
      .default('fail')
      .describe('What a baseline means that cannot be read'),
  })
  .describe('What vulnerabilities, secrets and the like mean for a run of scan-gate');
export type ScanInput = z.output<typeof scanSchema>;
