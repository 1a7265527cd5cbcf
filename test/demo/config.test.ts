import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load';
import { steps, versions } from '../../demo/steps';

const config = loadConfig(readFileSync('demo/shiplock.yml', 'utf8'), { file: 'demo/shiplock.yml' });

test('a version that turns bad does so within the bake, its failures in a row included', () => {
  const [check] = config.verify;
  const rowMs = (check?.failures ?? 0) * (check?.intervalMs ?? Infinity);
  expect(versions.v4.failAfterSwitch * 1000 + rowMs).toBeLessThan(config.bakeMs);
});

test('open streams of ten seconds may end before the drain is over', () => {
  expect(config.drainMs).toBeGreaterThan(10_000);
});

test('each deploy of the story has its version, and a rollback names none', () => {
  const deployed = steps.filter(({ action }) => action === 'deploy').map(({ name }) => name);
  expect(deployed).toEqual(Object.keys(versions));
});
