import { describe, expect, test } from '@jest/globals';
import { ignoreFinder, judgeIgnores, type Ignore } from '../../../src/domain/scan/ignore';
import { finding, ignore, type FindingSketch } from '../../support/scan-judgement';

describe('an ignore fits', () => {
  test.each<[string, Partial<Ignore>, FindingSketch, boolean]>([
    ['its rule', {}, {}, true],
    ['no other rule', {}, { rule: { id: 'CVE-2026-10' } }, false],
    ['another name of the rule', { id: 'GHSA-1' }, { rule: { aliases: ['GHSA-1'] } }, true],
    ["a tool's own name of the finding", { id: 'a:b:c:1' }, { nativeId: 'a:b:c:1' }, true],
    ['its class', { class: 'secret' }, {}, false],
    [
      'a package without version',
      { packages: ['pkg:deb/debian/libc6'] },
      { package: { purl: 'pkg:deb/debian/libc6@1?arch=amd64' } },
      true,
    ],
    [
      'a package with its version',
      { packages: ['pkg:deb/debian/libc6@1'] },
      { package: { purl: 'pkg:deb/debian/libc6@1?arch=amd64' } },
      true,
    ],
    ['no other version', { packages: ['pkg:deb/debian/libc6@2'] }, { package: {} }, false],
    [
      'no package whose name only begins so',
      { packages: ['pkg:deb/debian/libc'] },
      { package: {} },
      false,
    ],
    [
      'a scoped package',
      { packages: ['pkg:npm/%40babel/core'] },
      { package: { purl: 'pkg:npm/%40babel/core@7.0.0' } },
      true,
    ],
    [
      'no finding without a package URL, which Trivy would hide',
      { packages: ['pkg:deb/debian/libc6'] },
      { package: { purl: null } },
      false,
    ],
    ['a path', { paths: ['app/**'] }, { target: 'app/x/.env' }, true],
    ['no other path', { paths: ['app/**'] }, { target: 'src/.env' }, false],
    [
      'the path of a package',
      { paths: ['usr/**/*.jar'] },
      { package: { path: 'usr/lib/a.jar' } },
      true,
    ],
  ])('%s', (_what, sketch, found, fits) => {
    const entry = ignore(sketch);
    const finder = ignoreFinder([entry]);
    expect(finder.find(finding(found))).toBe(fits ? entry : null);
    expect(finder.unused()).toEqual(fits ? [] : [entry]);
  });
});

const now = new Date('2026-06-01T12:00:00Z');
const judge = (one: Ignore, strict = false) => judgeIgnores([one], { now, lifetime: 365, strict });

describe('an ignore works', () => {
  test.each([
    ['until its day', '2026-06-02', true],
    ['not on its day', '2026-06-01', false],
    ['not after it', '2020-01-01', false],
  ])('%s', (_what, day, works) => {
    const { active, expired, problems } = judge(ignore({ expires: new Date(day) }));
    expect([active.length, expired.length, problems.length]).toEqual(works ? [1, 0, 0] : [0, 1, 0]);
  });

  test.each<[string, Partial<Ignore>, string]>([
    ['without a reason', { reason: ' ' }, 'has no reason'],
    ['without an end', { expires: null }, 'never expires'],
    ['for too long', { expires: new Date('2027-06-02T13:00:00Z') }, 'lives longer than 365 days'],
  ])(
    '%s it is an error; in a file of another tool a warning, unless strict',
    (_what, sketch, says) => {
      const faulty = { expires: new Date('2026-07-01'), ...sketch };
      expect(judge(ignore(faulty)).problems[0]?.says).toBe(`CVE-2026-1 ${says}`);
      const foreign = ignore({ ...faulty, foreign: true });
      expect(judge(foreign)).toMatchObject({
        problems: [],
        warnings: [`shiplock.yml:3: CVE-2026-1 ${says}`],
      });
      expect(judge(foreign, true)).toMatchObject({
        warnings: [],
        problems: [{ says: `CVE-2026-1 ${says}` }],
      });
    },
  );
});
