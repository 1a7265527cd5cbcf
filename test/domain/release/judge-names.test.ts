import { expect, test } from '@jest/globals';
import { judgeNames, judgeStack } from '../../../src/domain/release/judge-names';

const names = { app: 'a-b', environment: 'c' };
const of = (app: string, environment: string) => ({
  'shiplock.app': app,
  'shiplock.environment': environment,
  'com.docker.compose.project': `${app}-${environment}-blue`,
});
const project = (name: string) => ({ 'com.docker.compose.project': name });

test.each<[string, readonly string[], readonly Record<string, string>[], readonly string[]]>([
  ['nobody else', [], [of('a-b', 'c'), of('a-b', 'staging'), project('shop')], []],
  ['a folder of a twin', ['a/b-c'], [], ['a-b-c is the name of app a in environment b-c']],
  ['containers of a twin', [], [of('a', 'b-c'), of('a', 'b-c')], ['app a in environment b-c']],
  ['both are one', ['a/b-c'], [of('a', 'b-c')], ['app a in environment b-c']],
  [
    'a project called like a slot',
    [],
    [project('a-b-c-green')],
    ['a Compose project on this server is called a-b-c-green'],
  ],
  ['one that only begins so', [], [project('a-b-c'), project('a-b-c-blues')], []],
])('%s', (_, twins, containers, expected) => {
  expect(judgeNames(names, twins, containers).map(({ says }) => says)).toEqual(
    expected.map((part) => expect.stringContaining(part)),
  );
});

const stack = { ...names, project: 'shop', directory: '/srv/shop', named: false };
const runsIn = (folder: string) => ({
  ...project('shop'),
  'com.docker.compose.project.working_dir': folder,
});

test.each<
  [string, object, readonly { project?: string }[], readonly Record<string, string>[], string]
>([
  ['nothing runs and nothing is on record', {}, [], [], ''],
  ['it runs where it is meant to', {}, [{ project: 'shop' }], [runsIn('/srv/shop')], ''],
  ['records from before projects were recorded', {}, [{}], [], ''],
  ['a slot of ours', {}, [], [{ ...runsIn('/var/lib'), 'shiplock.app': 'x' }], ''],
  ['another project elsewhere', { project: 'raft' }, [], [runsIn('/srv/other')], ''],
  ['a project that was named', { named: true }, [], [runsIn('/srv/other')], ''],
  ['it runs in both', {}, [], [runsIn('/srv/other'), runsIn('/srv/shop')], ''],
  ['another app’s releases', {}, [{ project: 'raft' }, {}], [], 'beside the stack raft'],
  ['another folder’s stack', {}, [], [runsIn('/srv/other')], 'shop is the stack in /srv/other'],
])('of a stack: %s', (_, changes, recorded, containers, part) => {
  const said = judgeStack({ ...stack, ...changes }, recorded, containers).map(({ says }) => says);
  expect(said).toEqual(part === '' ? [] : [expect.stringContaining(part)]);
});
