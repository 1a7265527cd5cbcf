import { describe, expect, test } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/release/host-facts';
import {
  describeOldCompose,
  judgeStanding,
  judgeTools,
} from '../../../src/domain/release/judge-host';
import type { HostState } from '../../../src/domain/records/state';
import { adopted as ranBefore, releaseOf } from '../../support/scripted/release';

const names = { app: 'shop', environment: 'production' };
const live = releaseOf(3, 'green');
const state = (slot: 'blue' | 'green' = 'green', release = live.id): HostState => ({
  schema: 1,
  ...names,
  live: { release, slot },
  previous: null,
  deploy: 'd3',
  updatedAt: '2026-03-01T11:00:00.000Z',
});
const facts = (changes: Partial<HostFacts> = {}): HostFacts => ({
  state: state(),
  previousState: null,
  lease: null,
  ledger: [releaseOf(2, 'blue'), live],
  journal: [],
  unreadable: [],
  ...changes,
});
const green = { managed: true, green: true };
const blue = { managed: true, green: false };
const adopted = { managed: false, green: false };
const stack = { project: 'shop', adopted: null };
const before = { ...stack, adopted: ranBefore };

describe('judgeStanding', () => {
  test.each([
    [
      'a record that cannot be read',
      facts({ unreadable: ['state.json', 'lease'] }),
      green,
      'state.json; lease',
    ],
    [
      'an unreadable record even if nothing else is there',
      facts({ state: null, unreadable: ['lease'] }),
      adopted,
      'lease',
    ],
    [
      'markers without a record',
      facts({ state: null }),
      blue,
      'the proxy sends requests to blue, but no release is on record',
    ],
    [
      'markers that say another slot',
      facts(),
      blue,
      'the proxy sends requests to blue, but 3-v3 in green is on record as live',
    ],
    [
      'markers that are gone',
      facts(),
      adopted,
      'the proxy sends requests to adopted, but 3-v3 in green is on record as live',
    ],
    [
      'a marker of which only one was left',
      facts(),
      { managed: false, green: true },
      'the proxy sends requests to adopted, but 3-v3 in green is on record as live',
    ],
    [
      'a live release whose record is gone',
      facts({ ledger: [] }),
      green,
      'the record of 3-v3 is missing',
    ],
  ])('%s is unknown', (_, known, markers, reason) => {
    expect(judgeStanding(known, markers, names, stack)).toEqual({ kind: 'unknown', reason });
  });

  test('nothing on record and no marker: the first release is still to come', () => {
    const first = facts({ state: null, ledger: [] });
    expect(judgeStanding(first, adopted, names, stack)).toEqual({ kind: 'known', live: null });
    expect(judgeStanding(first, { managed: false, green: true }, names, stack)).toEqual({
      kind: 'known',
      live: null,
    });
  });

  test('nothing on record and released services that run: they are what serves', () => {
    const first = facts({ state: null, ledger: [] });
    expect(judgeStanding(first, adopted, names, before)).toEqual({
      kind: 'known',
      live: before.adopted,
    });
  });

  describe('a rollback to what ran before the first release', () => {
    const record = before.adopted.release;
    const back = facts({
      state: { ...state(), live: { release: record.id, slot: 'adopted' } },
      ledger: [record, live],
    });

    test('is known by what runs there now', () => {
      const grown = { ...before.adopted, release: { ...record, reason: 'looked at anew' } };
      expect(judgeStanding(back, adopted, names, { ...before, adopted: grown })).toEqual({
        kind: 'known',
        live: grown,
      });
    });

    test('is known by its record when nothing of it runs', () => {
      expect(judgeStanding(back, adopted, names, stack)).toEqual({
        kind: 'known',
        live: before.adopted,
      });
    });
  });

  test('record and markers agree', () => {
    const placed = { slot: 'green', project: 'shop-production-green', release: live };
    expect(judgeStanding(facts(), green, names, stack)).toEqual({ kind: 'known', live: placed });
  });
});

describe('judgeTools', () => {
  const host = {
    engine: { version: '26.1.5', components: ['Engine', 'containerd'] },
    composeVersion: '2.26.1-4',
    missingTools: [],
    user: 'deploy',
  };
  const judged = (changes: Partial<Parameters<typeof judgeTools>[0]>): string[] =>
    judgeTools({ ...host, ...changes }).map(({ says, fix }) => `${says} → ${fix}`);
  const engine = (version: string, components = ['Engine']) => ({
    engine: { version, components },
  });

  test.each([
    [
      'Podman',
      engine('5.0.0', ['Podman Engine', 'Conmon']),
      ['the engine is Podman → install Docker Engine 20.10 or newer; Podman is not supported'],
    ],
    [
      'an old engine',
      engine('19.03.15'),
      ['Docker Engine 19.03.15 is too old → install Docker Engine 20.10 or newer'],
    ],
    [
      'an engine just too old',
      engine('20.9.0'),
      ['Docker Engine 20.9.0 is too old → install Docker Engine 20.10 or newer'],
    ],
    [
      'no Compose',
      { composeVersion: '' },
      [
        'Docker Compose v2 is not installed → install the Compose plugin (docker-compose-plugin) for this user',
      ],
    ],
    [
      'an old Compose',
      { composeVersion: 'v1.29.2' },
      ['Docker Compose v1.29.2 is too old → install Compose 2.20 or newer'],
    ],
    [
      'missing tools',
      { missingTools: ['flock', 'tar'] },
      [
        'the command flock is missing → install it on the server (util-linux)',
        'the command tar is missing → install it on the server (coreutils, tar)',
      ],
    ],
  ])('%s is told with its fix', (_, changes, expected) => {
    expect(judged(changes)).toEqual(expected);
  });

  test('everything at once', () => {
    const bad = {
      ...engine('18.09.1'),
      composeVersion: '',
      missingTools: ['flock'],
    };
    expect(judged(bad)).toHaveLength(3);
  });

  test.each([
    ['a host that has all it needs', {}],
    ['the oldest engine that will do', engine('20.10.0')],
    ['a version that says nothing', engine('dev')],
    [
      'an engine that did not answer, which is told elsewhere',
      { engine: null, composeVersion: '' },
    ],
    ['a Compose that was not asked', { composeVersion: null }],
  ])('%s is fine', (_, changes) => {
    expect(judged(changes)).toEqual([]);
  });
});

test.each([
  ['2.40.3', null],
  ['v2.26.1-4', null],
  ['', null],
  [null, null],
  ['2.25.0', 'Docker Compose 2.25.0 on the server is older than 2.26, the oldest'],
  ['v2.22.0', 'does not know env_file with required: false (2.24), content of configs (2.23)'],
  ['2.20.3', 'content of configs (2.23), develop (2.22)'],
])('an old Compose is warned of: %s', (version, warning) => {
  const told = describeOldCompose(version);
  if (warning === null) expect(told).toBeNull();
  else expect(told).toContain(warning);
});
