import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contract as deploy } from '../../src/actions/deploy/contract';
import { defineAction } from '../../src/contract/define-action';
import {
  assignments,
  choice,
  duration,
  flag,
  lines,
  secret,
  text,
} from '../../src/contract/input-fields';
import { parseInputs } from '../../src/contract/parse-inputs';

const contract = defineAction({
  name: 'sample',
  title: 'Sample',
  description: 'For this test.',
  permissions: [],
  inputs: {
    host: text('Host.', { required: true }),
    kind: choice(['one', 'two'], 'Kind.', { default: 'one' }),
    bake: duration('Bake.'),
    wait: duration('Wait.', { default: '30s' }),
    force: flag('Force.'),
    images: lines('Images.'),
    env: assignments('Environment.'),
    key: secret('Key.'),
    user: text('User.'),
  },
  outputs: {},
  rules: [
    {
      inputs: ['key', 'user'],
      holds: (inputs) => (inputs.key === undefined) === (inputs.user === undefined),
      problem: 'belongs to user',
      fix: 'Give both.',
    },
  ],
});

function problemsOf(raw: Record<string, string>): unknown {
  const parsed = parseInputs(contract, raw);
  return parsed.ok ? [] : parsed.problems.map(({ input, problem }) => [input, problem]);
}

describe('refused', () => {
  test('all at once, each with its fix, rules included', () => {
    const raw = { kind: 'three', bake: '30', force: 'perhaps', env: 'A=1\nB', key: 'k' };
    expect(parseInputs(contract, raw)).toEqual({
      ok: false,
      problems: [
        { input: 'host', problem: 'is required, but nothing is given', fix: expect.any(String) },
        {
          input: 'kind',
          problem: '"three" is not one of one, two',
          fix: 'Write one of: one, two.',
        },
        {
          input: 'bake',
          problem: '"30" is not a duration of at most a week',
          fix: 'Write a whole number with a unit, like 500ms, 30s, 2m or 1h30m.',
        },
        {
          input: 'force',
          problem: '"perhaps" is neither true nor false',
          fix: 'Write true or false.',
        },
        {
          input: 'env',
          problem: 'line 2 is not NAME=value',
          fix: expect.stringContaining('NAME=value'),
        },
        { input: 'key', problem: 'belongs to user', fix: 'Give both.' },
      ],
    });
  });

  test.each([
    ['a required text of blanks', { host: ' \n' }, [['host', 'is required, but nothing is given']]],
    ['two lines where one belongs', { host: 'a\nb' }, [['host', '"a\\nb" does not fit']]],
    ['a name given twice', { host: 'a', env: 'A=1\nA=2' }, [['env', 'line 2 gives A again']]],
    [
      'eight days',
      { host: 'a', bake: '192h' },
      [['bake', '"192h" is not a duration of at most a week']],
    ],
  ])('%s', (_, raw, problems) => expect(problemsOf(raw)).toEqual(problems));

  test('a rule is not looked at while one of its inputs is wrong by itself', () => {
    expect(problemsOf({ host: 'a', key: 'k', user: 'a\nb' })).toEqual([
      ['user', '"a\\nb" does not fit'],
    ]);
  });

  test('no part of a secret stands in a message', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), (value) => {
        const parsed = parseInputs(contract, { host: 'a', env: `=canary${value}canary` });
        expect(JSON.stringify(parsed)).not.toContain('canary');
      }),
    );
  });
});

describe('read', () => {
  test('defaults stand in for what is missing or empty', () => {
    const empty = Object.fromEntries(Object.keys(contract.inputs).map((name) => [name, '']));
    expect(parseInputs(contract, { ...empty, host: ' h ' })).toEqual({
      ok: true,
      inputs: { host: 'h', kind: 'one', wait: 30_000, force: false, images: [], env: new Map() },
    });
  });

  test('every kind', () => {
    const raw = {
      host: 'h',
      kind: 'two',
      bake: ' 2m ',
      force: 'TRUE',
      images: '\n web=a:1 \r\n# old\n\napi=b:2\n',
      env: 'A=1=2 \r\n# no\nB=\n  C= x',
      key: ' kept as it is\n',
      user: 'u',
    };
    expect(parseInputs(contract, raw)).toMatchObject({
      ok: true,
      inputs: {
        kind: 'two',
        bake: 120_000,
        force: true,
        images: ['web=a:1', 'api=b:2'],
        env: new Map([
          ['A', '1=2 '],
          ['B', ''],
          ['C', ' x'],
        ]),
        key: ' kept as it is\n',
      },
    });
  });

  test.each(['true', 'false', 'yes', 'no', 'on', 'off', '1', '0', 'False'])(
    'the flag %s',
    (word) => {
      const parsed = parseInputs(contract, { host: 'h', force: word });
      expect(parsed).toMatchObject({ inputs: { force: /^(true|yes|on|1)$/i.test(word) } });
    },
  );
});

test('the types of the inputs follow the contract', () => {
  const parsed = parseInputs(contract, { host: 'h', bake: '1s' });
  if (!parsed.ok) throw new Error('must be good');
  const host: string = parsed.inputs.host;
  const bake: number | undefined = parsed.inputs.bake;
  const kind: 'one' | 'two' = parsed.inputs.kind;
  // @ts-expect-error an input that the contract does not name
  const other: unknown = parsed.inputs.other;
  expect([host, bake, kind, other]).toEqual(['h', 1000, 'one', undefined]);
});

test.each([
  [{ 'ssh-key-passphrase': 'p' }, ['ssh-key-passphrase']],
  [{ 'registry-username': 'u' }, ['registry-username']],
  [{ 'registry-password': 'p' }, ['registry-username']],
  [{ version: 'v1/2' }, ['version']],
  [
    {
      'registry-username': 'u',
      'registry-password': 'p',
      'ssh-key': 'k',
      'ssh-key-passphrase': 'p',
    },
    [],
  ],
])('deploy with %j finds fault with %j', (raw, names) => {
  const parsed = parseInputs(deploy, raw);
  expect(parsed.ok ? [] : parsed.problems.map(({ input }) => input)).toEqual(names);
});
