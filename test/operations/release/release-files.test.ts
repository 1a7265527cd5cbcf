import { describe, expect, test } from '@jest/globals';
import {
  hostState,
  printState,
  storedState,
  type HostState,
} from '../../../src/domain/records/state';
import {
  hostPath,
  readLedger,
  readRecord,
  writeState,
} from '../../../src/operations/release/release-files';
import { base, planOf, releaseOf, worldBefore } from '../../support/scripted/release';
import { ScriptedWorld } from '../../support/scripted/world';

function files(texts: Readonly<Record<string, string>> = {}) {
  const world = new ScriptedWorld({ ...worldBefore(planOf()), files: { ...texts } });
  return { on: world.process().files, texts: world.state.files };
}

const state = (deploy: string): HostState => ({
  schema: 1,
  app: 'shop',
  environment: 'production',
  live: { release: '4-v4', slot: 'green' },
  previous: null,
  deploy,
  updatedAt: '2026-03-01T12:00:00.000Z',
});

describe('writeState', () => {
  test('keeps the state before beside the new one', async () => {
    const { on, texts } = files({ [hostPath.state(base)]: printState(state('d3')) });
    await writeState(on, base, state('d4'));
    expect(texts[hostPath.previousState(base)]).toBe(printState(state('d3')));
    expect(storedState.parse(JSON.parse(texts[hostPath.state(base)] ?? ''))).toEqual(state('d4'));
  });

  test('written once more by the same deploy, it does not take the place of the one before', async () => {
    const { on, texts } = files({ [hostPath.state(base)]: printState(state('d3')) });
    await writeState(on, base, state('d4'));
    await writeState(on, base, state('d4'));
    expect(texts[hostPath.previousState(base)]).toBe(printState(state('d3')));
  });

  test.each([
    ['half', (text: string) => text.slice(0, 60)],
    ['with another slot in it', (text: string) => text.replace('green', 'blue')],
  ])(
    '%s: what is damaged is kept for people, and not in the place of the good one',
    async (_, damage) => {
      const [good, bad] = [printState(state('d2')), damage(printState(state('d3')))];
      const { on, texts } = files({
        [hostPath.previousState(base)]: good,
        [hostPath.state(base)]: bad,
      });
      await writeState(on, base, state('d4'));
      expect(texts[hostPath.previousState(base)]).toBe(good);
      expect(texts[hostPath.damagedState(base)]).toBe(bad);
    },
  );

  test('the first of all has none before it', async () => {
    const { on, texts } = files();
    await writeState(on, base, state('d4'));
    expect(Object.keys(texts)).toEqual([hostPath.state(base)]);
  });
});

describe('readRecord', () => {
  const path = hostPath.state(base);

  test('names the file that is not what it should be', async () => {
    await expect(readRecord(files({ [path]: '{' }).on, path, hostState)).rejects.toThrow(
      `${path} cannot be read`,
    );
    await expect(readRecord(files({ [path]: '{}' }).on, path, hostState)).rejects.toThrow(path);
  });

  test('a missing file is no record', async () => {
    expect(await readRecord(files().on, path, hostState)).toBeNull();
  });
});

test('the ledger passes over what is no release, and is in order', async () => {
  const record = (seq: number) => JSON.stringify(releaseOf(seq, 'blue'));
  const { on } = files({
    [hostPath.releaseRecord(base, '10-v10')]: record(10),
    [hostPath.releaseRecord(base, '9-v9')]: record(9),
    [hostPath.releaseRecord(base, '8-v8')]: record(8).slice(0, 50),
    [`${base}/releases/7-v7/compose.json`]: '{}',
  });
  expect((await readLedger(on, base)).map(({ id }) => id)).toEqual(['9-v9', '10-v10']);
});
