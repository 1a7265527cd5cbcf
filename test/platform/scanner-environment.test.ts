import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { findProgram, scannerEnvironment } from '../../src/platform/scanner-environment';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shiplock-environment-')));
const [checkout, tools] = [join(folder, 'checkout'), join(folder, 'tools')];
for (const place of [checkout, tools]) {
  mkdirSync(place);
  writeFileSync(join(place, 'trivy'), '');
  chmodSync(join(place, 'trivy'), 0o755);
}
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a scanner gets what reaches registries, and nothing that it takes settings or rights from', () => {
  const own = {
    ...{ HOME: '/home/runner', PATH: '/usr/bin', HTTPS_PROXY: 'http://proxy:3128' },
    ...{ TRIVY_SEVERITY: 'LOW', GITLEAKS_CONFIG: 'x', TRUFFLEHOG_X: 'x', GIT_CONFIG_COUNT: '1' },
    ...{
      GITHUB_TOKEN: 'x',
      ACTIONS_RUNTIME_TOKEN: 'x',
      'INPUT_GITHUB-TOKEN': 'x',
      LD_PRELOAD: 'x',
    },
  };
  expect(scannerEnvironment(checkout, own)).toEqual({
    PATH: '/usr/bin',
    HTTPS_PROXY: 'http://proxy:3128',
    DOCKER_CONFIG: '/home/runner/.docker',
  });
});

test('programs of the checkout are not found, by whatever way PATH leads to them', async () => {
  const links = join(folder, 'links');
  mkdirSync(links);
  symlinkSync(join(checkout, 'trivy'), join(links, 'trivy'));
  const find = (path: string) =>
    findProgram('trivy', scannerEnvironment(checkout, { PATH: path }), checkout);
  expect(await find(`${checkout}:.::relative:${links}`)).toBeNull();
  expect(await find(`${checkout}:${links}:${tools}`)).toBe(join(tools, 'trivy'));
});
