import { expect, test } from '@jest/globals';
import { isSpare, type HeldImage, type OtherUsers } from '../../../src/domain/release/spare-image';

const digest = `sha256:${'a'.repeat(64)}`;
const image = `docker.io/shop/app@${digest}`;
const held: HeldImage = { id: 'i1', tags: [], digests: [`shop/app@${digest}`] };
const nobody: OtherUsers = { inUse: new Set(), recorded: [], unread: [] };

const judged = (changes: Partial<HeldImage> & Partial<OtherUsers>): boolean =>
  isSpare(image, { ...held, ...changes }, { ...nobody, ...changes });

test.each<[string, Partial<HeldImage> & Partial<OtherUsers>]>([
  ['nobody else has it', {}],
  [
    'others have others',
    { inUse: new Set(['i2']), recorded: [image.replace(/a{64}/, 'b'.repeat(64))] },
  ],
  ['an app whose records cannot be read uses another repository', { unread: ['shop/job:1'] }],
  ['an engine does not tell where it came from', { digests: [] }],
])('spare: %s', (_, changes) => {
  expect(judged(changes)).toBe(true);
});

test.each<[string, Partial<HeldImage> & Partial<OtherUsers>]>([
  ['a container is made from it', { inUse: new Set(['i1']) }],
  ['somebody gave it a name', { tags: ['shop/app:v1'] }],
  ['it came from another repository, too', { digests: [...held.digests, `ghcr.io/x@${digest}`] }],
  ['another app has it on record', { recorded: [`docker.io/shop/app@${digest}`] }],
  ['another app has it on record from elsewhere', { recorded: [`ghcr.io/x@${digest}`] }],
  ['an app whose records cannot be read uses its repository', { unread: ['shop/app:v9'] }],
])('not spare: %s', (_, changes) => {
  expect(judged(changes)).toBe(false);
});
