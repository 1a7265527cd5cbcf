import { expect, test } from '@jest/globals';
import { judgeBases, type BaseFacts } from '../../../src/domain/release/judge-folders';

const [system, home] = [
  '/var/lib/shiplock/shop/production',
  '/home/deploy/.shiplock/shop/production',
];
const sound: BaseFacts = {
  user: 'deploy',
  base: system,
  labelled: [system],
  bases: [system],
  writableBases: [system, home],
  ...{ blocked: [], hidden: [], rooms: [] },
};
const room = { path: '/tmp', bytes: 1 << 30, inodes: 1000 };

test.each<[string, Partial<BaseFacts>, readonly string[]]>([
  ['a folder that is there and writable', {}, []],
  ['none yet, but one can be made', { bases: [] }, []],
  [
    'none, and none can be made',
    { bases: [], writableBases: [] },
    ['/var/lib/shiplock cannot be made by deploy'],
  ],
  ['two with records', { bases: [system, home] }, [`${system} and ${home} both hold records`]],
  ['one of another owner', { writableBases: [home] }, [`${system} cannot be written by deploy`]],
  [
    'one that another user deploys from',
    { base: home, bases: [home] },
    [`${system} holds the records of the containers that run here`],
  ],
  ['a file in its place', { bases: [], blocked: [system] }, [`${system} is not a folder`]],
  [
    'one that may not be entered',
    { bases: [], hidden: ['/var/lib/shiplock'] },
    ['/var/lib/shiplock cannot be read by deploy'],
  ],
  ['room enough', { rooms: [room] }, []],
  ['room that cannot be told', { rooms: [{ ...room, bytes: null, inodes: null }] }, []],
  [
    'a full disk',
    { rooms: [{ ...room, bytes: 3 << 20 }] },
    ['/tmp its file system has only 3 MiB left'],
  ],
  [
    'no inodes',
    { rooms: [{ ...room, inodes: 7 }] },
    ['/tmp its file system can take only 7 more files'],
  ],
  [
    'all at once',
    {
      bases: [system, home],
      writableBases: [],
      hidden: ['/x'],
      blocked: ['/y'],
      rooms: [{ ...room, bytes: 0, inodes: 0 }],
    },
    ['both hold', '/y is not', '/x cannot be read', 'cannot be written', '0 MiB', '0 more files'],
  ],
])('%s', (_, changes, expected) => {
  const problems = judgeBases({ ...sound, ...changes });
  expect(problems.map(({ path, says }) => `${path} ${says}`)).toEqual(
    expected.map((part) => expect.stringContaining(part)),
  );
  expect(problems.filter(({ fix }) => fix === '')).toEqual([]);
});
