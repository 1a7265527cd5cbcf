import { afterEach, describe, expect, test } from '@jest/globals';
import { parseReference, type ImageReference } from '../../../src/domain/images/reference';
import { guardBuild } from '../../../src/transactions/tags/place-tags';
import { promoteImage, type Promotion } from '../../../src/transactions/tags/promote-image';
import { openRegistries } from '../../../src/wiring/open-registries';
import { makeImage } from '../../support/oci-image';
import { closeRegistries, said, startRegistry } from '../../support/registry-client';
import type { ScriptedRegistry } from '../../support/scripted/registry';

afterEach(closeRegistries);

const image = makeImage({ layers: ['the new one'] });
const older = makeImage({ layers: ['an older one'] });
const open = openRegistries(
  { username: undefined, password: undefined, registry: undefined },
  new AbortController().signal,
);

function reference(text: string): ImageReference {
  const parsed = parseReference(text);
  if (parsed === undefined) throw new Error(`${text} is no reference`);
  return parsed;
}

function promote({ name }: ScriptedRegistry, more: Partial<Promotion> = {}) {
  const told: string[] = [];
  const promotion: Promotion = {
    image: reference(`${name}/octo/app@${image.digest}`),
    repositories: [reference(`${name}/octo/app`)],
    tags: ['1.2.3', '1.2', 'latest'],
    versionTags: ['1.2.3'],
    immutable: true,
    budget: undefined,
    dryRun: false,
    ...more,
  };
  return {
    told,
    done: promoteImage(promotion, { repository: open, tell: (text) => told.push(text) }),
  };
}

const tagsWritten = (registry: ScriptedRegistry): readonly string[] =>
  registry.writes().map((write) => write.replace(/^.*\//, ''));

describe('a promotion', () => {
  test('writes each tag in its order, by the bytes that are there', async () => {
    const registry = await startRegistry();
    registry.hold('octo/app', image);
    registry.hold('octo/app', older, '1.2', 'latest');
    const { done, told } = promote(registry);
    expect(await done).toEqual({
      digest: image.digest,
      sizes: [],
      tags: [
        { name: `${registry.name}/octo/app:1.2.3`, before: null, outcome: 'written' },
        { name: `${registry.name}/octo/app:1.2`, before: older.digest, outcome: 'written' },
        { name: `${registry.name}/octo/app:latest`, before: older.digest, outcome: 'written' },
      ],
    });
    expect(tagsWritten(registry)).toEqual(['1.2.3', '1.2', 'latest']);
    expect(registry.requests.find(({ method }) => method === 'PUT')?.body).toEqual(image.bytes);
    expect(told).toContain(`${registry.name}/octo/app:1.2: written, before it was ${older.digest}`);
  });

  test('once more writes nothing', async () => {
    const registry = await startRegistry();
    registry.hold('octo/app', image);
    await promote(registry).done;
    const { tags } = await promote(registry).done;
    expect(tags.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(tagsWritten(registry)).toHaveLength(3);
  });

  test('goes to a repository of another registry with all of the image first', async () => {
    const [source, target] = [await startRegistry(), await startRegistry()];
    source.hold('octo/app', image, 'tested');
    const { done } = promote(source, {
      image: reference(`${source.name}/octo/app:tested`),
      repositories: [reference(`${target.name}/live/app`), reference(`${source.name}/octo/app`)],
      tags: ['1.2.3'],
    });
    await done;
    expect(target.digestOf('live/app:1.2.3')).toBe(image.digest);
    expect(source.digestOf('octo/app:1.2.3')).toBe(image.digest);
    expect(tagsWritten(target).slice(-2)).toEqual([image.digest, '1.2.3']);
  });

  test('as a dry run tells what it would write, and writes nothing anywhere', async () => {
    const [source, target] = [await startRegistry(), await startRegistry()];
    source.hold('octo/app', image, '1.2.3');
    source.hold('octo/app', older, 'latest');
    const repositories = [
      reference(`${source.name}/octo/app`),
      reference(`${target.name}/live/app`),
    ];
    const { done, told } = promote(source, {
      repositories,
      tags: ['1.2.3', 'latest'],
      dryRun: true,
    });
    expect((await done).tags.map(({ outcome }) => outcome)).toEqual([
      'unchanged',
      'would be written',
      'would be written',
      'would be written',
    ]);
    expect(told).toContain(
      `${source.name}/octo/app:latest: would be written, before it was ${older.digest}`,
    );
    expect([...source.writes(), ...target.writes()]).toEqual([]);
  });

  test('of an image that is not there is refused', async () => {
    const registry = await startRegistry();
    expect(await said(promote(registry).done)).toContain('has no such image');
  });
});

describe('a version tag', () => {
  test('with another digest is refused with both digests, together with all that is wrong', async () => {
    const registry = await startRegistry();
    registry.hold('octo/app', image);
    registry.hold('octo/app', older, '1.2.3');
    const words = await said(promote(registry, { budget: 5 }).done);
    expect(words).toContain('2 problems');
    expect(words).toContain(
      `${registry.name}/octo/app:1.2.3: is ${older.digest} already, and would become ${image.digest}. Fix: release a new version`,
    );
    expect(words).toContain('is over 0.0 MB on linux/amd64');
    expect(registry.writes()).toEqual([]);
  });

  test('moves when that is asked for', async () => {
    const registry = await startRegistry();
    registry.hold('octo/app', image);
    registry.hold('octo/app', older, '1.2.3');
    await promote(registry, { immutable: false }).done;
    expect(registry.digestOf('octo/app:1.2.3')).toBe(image.digest);
  });

  test('that another run writes after the first look is refused at the second, and nothing after it is written', async () => {
    let looks = 0;
    const registry: ScriptedRegistry = await startRegistry({
      on: ({ method, path }) => {
        if (method === 'GET' && path.endsWith('/1.2.3') && ++looks === 2)
          registry.hold('octo/app', older, '1.2.3');
        return undefined;
      },
    });
    registry.hold('octo/app', image);
    const words = await said(promote(registry, { tags: ['first', '1.2.3', 'latest'] }).done);
    expect(words).toContain('another run wrote it in this moment');
    expect(words).toContain(`These have it already: ${registry.name}/octo/app:first`);
    expect(tagsWritten(registry)).toEqual(['first']);
  });

  test('that another run writes at the same time is noticed, for that moment no registry can close', async () => {
    const registry: ScriptedRegistry = await startRegistry({
      on: ({ method, path }) => {
        if (method === 'PUT')
          setImmediate(() => registry.hold('octo/app', older, path.split('/').at(-1) ?? ''));
        return undefined;
      },
    });
    registry.hold('octo/app', image);
    const words = await said(promote(registry).done);
    expect(words).toContain(`was given ${image.digest} and is ${older.digest}`);
    expect(words).toContain('let only one run at a time write these tags');
  });

  test('before a build must not be there at all', async () => {
    const registry = await startRegistry();
    registry.hold('octo/app', older, '1.2.3', '1.2');
    const places = {
      repositories: [reference(`${registry.name}/octo/app`)],
      tags: ['1.2.3', '1.2'],
      versionTags: ['1.2.3'],
    };
    const words = await said(guardBuild(places, open));
    expect(words).toContain('1 problem');
    expect(words).toContain(`1.2.3: is ${older.digest} already, and a build would replace it`);
    expect(words).toContain(`promote: ${registry.name}/octo/app@${older.digest}`);
    await guardBuild({ ...places, versionTags: ['1.2.4'] }, open);
  });
});
