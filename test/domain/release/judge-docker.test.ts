import { expect, test } from '@jest/globals';
import { judgeDocker, type DockerLook } from '../../../src/domain/release/judge-docker';

const ordinary: DockerLook = {
  user: 'deploy',
  docker: ['docker'],
  dockerPath: '/usr/bin/docker',
  dockerVersion: '',
  endpoint: 'unix:///var/run/docker.sock',
  rootlessSocket: '',
};
const sudo = { docker: ['sudo', '-n', 'docker'] };
const silence = { message: 'Cannot connect to the Docker daemon', hint: 'Start it.' };
const rootless = '/run/user/1000/docker.sock';

const judged = (changes: Partial<DockerLook>, said: typeof silence | null = null): string[] =>
  judgeDocker({ ...ordinary, ...changes }, said).map(({ path, says, fix }) =>
    [path, says, fix].join(' | '),
  );

test.each([
  ['an engine on the host', {}],
  ['a rootless engine', { endpoint: `unix://${rootless}`, rootlessSocket: rootless }],
  ['by sudo', sudo],
  ['a command that does not tell where its engine is', { endpoint: '' }],
])('%s is fine', (_, changes) => {
  expect(judged(changes)).toEqual([]);
});

test.each<[string, Partial<DockerLook>, RegExp]>([
  [
    'a snap',
    { dockerPath: '/snap/bin/docker' },
    /snap package \(\/snap\/bin\/docker\).*snap remove/,
  ],
  [
    'an engine by SSH',
    { endpoint: 'ssh://ops@far' },
    /ssh:\/\/ops@far .*name the machine.* in hosts/,
  ],
  ['an engine by TCP', { endpoint: 'tcp://127.0.0.1:2375' }, /docker context use default/],
  [
    'Podman by the name of docker',
    { endpoint: '', dockerVersion: 'podman version 5.4.2' },
    /is podman version 5\.4\.2 \| .*Podman is not supported/,
  ],
])('%s is refused, whether it answers or not', (_, changes, text) => {
  expect(judged(changes)).toEqual([expect.stringMatching(text)]);
  expect(judged(changes, silence)).toEqual([expect.stringMatching(text)]);
});

test('a sudo that wants a password is told with the line that it needs', () => {
  const said = { ...silence, message: 'sudo: a password is required' };
  const path = { dockerPath: '/usr/local/bin/docker' };
  const line = 'deploy ALL=(root) NOPASSWD: /usr/local/bin/docker';
  expect(judged({ ...sudo, ...path }, said)).toEqual([expect.stringContaining(line)]);
});

test('behind sudo an engine that is down is not taken for a password', () => {
  expect(judged(sudo, silence)).toEqual([
    'Docker | does not answer: Cannot connect to the Docker daemon | Start it.',
  ]);
});

test('a rootless engine that docker does not find is told with the commands that let it', () => {
  expect(judged({ rootlessSocket: rootless }, silence)).toEqual([
    expect.stringContaining(`docker context create rootless --docker host=unix://${rootless}`),
  ]);
});
