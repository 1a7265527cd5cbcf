import { describe, expect, test } from '@jest/globals';
import { adoptedRelease, type PlainReplica } from '../../../src/domain/release/adopted-release';
import { adopted, releaseOf } from '../../support/scripted/release';
import { service } from '../../support/shop';

const image = `registry.example.com/shop/web@sha256:${'a'.repeat(64)}`;
const replica = (changes: Partial<PlainReplica> = {}): PlainReplica => ({
  service: 'web',
  image,
  restart: { Name: 'unless-stopped' },
  stopGraceMs: undefined,
  ...changes,
});
const facts = {
  project: 'harbour',
  services: [service('web', 8000), service('worker')],
  ledger: [],
  now: '2026-03-01T12:00:00.000Z',
};

describe('adoptedRelease', () => {
  test('nothing of the released services runs: there is none', () => {
    expect(adoptedRelease([], facts)).toBeNull();
    expect(adoptedRelease([replica({ service: 'postgres' })], facts)).toBeNull();
  });

  test('counts replicas, and keeps what each container has of its own', () => {
    const worker = replica({ service: 'worker', restart: { Name: 'no' }, stopGraceMs: 60_000 });
    const placed = adoptedRelease([replica(), replica(), worker], facts);
    expect(placed).toMatchObject({
      slot: 'adopted',
      project: 'harbour',
      release: {
        id: '1-adopted',
        version: 'adopted',
        standing: 'good',
        services: [
          { name: 'web', image, replicas: 2, port: 8000, stopGraceMs: 10_000 },
          { name: 'worker', replicas: 1, restart: { Name: 'no' }, stopGraceMs: 60_000 },
        ],
      },
    });
    expect(placed?.release.services[1]).not.toHaveProperty('port');
  });

  test('a grace of shiplock.yml counts more than the container’s', () => {
    const services = [{ ...service('worker'), stopGraceMs: 5000 }];
    const worker = replica({ service: 'worker', stopGraceMs: 60_000 });
    const placed = adoptedRelease([worker], { ...facts, services });
    expect(placed?.release.services[0]?.stopGraceMs).toBe(5000);
  });

  test('is not asked what only the new version promises', () => {
    const placed = adoptedRelease([replica()], facts);
    expect(placed?.release.services[0]?.health.kind).toBe('default');
  });

  test.each([
    [
      'after attempts that failed before',
      [releaseOf(1, 'blue'), releaseOf(2, 'blue')],
      '3-adopted',
    ],
    ['as it was recorded before', [adopted.release, releaseOf(2, 'blue')], '1-adopted'],
  ])('is numbered %s', (_, ledger, id) => {
    expect(adoptedRelease([replica()], { ...facts, ledger })?.release.id).toBe(id);
  });
});
