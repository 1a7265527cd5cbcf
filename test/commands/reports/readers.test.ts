import { describe, expect, test } from '@jest/globals';
import { readSample, trivySample } from '../../support/scan-samples';

describe('Trivy', () => {
  test('has findings of every class, each with its own place', async () => {
    const { findings, facts } = await readSample('trivy', trivySample);
    expect(
      findings.map(({ class: of, rule, target, line }) => [of, rule.id, target, line]),
    ).toEqual([
      ['vulnerability', 'CVE-2026-1000', 'registry.example.com/shop', null],
      ['vulnerability', 'CVE-2026-2000', 'app/package-lock.json', null],
      ['misconfiguration', 'DS002', 'Dockerfile', 3],
      ['secret', 'aws-access-key-id', 'app/.env', 2],
      ['licence', 'AGPL-3.0', 'OS Packages', null],
    ]);
    expect(facts).toMatchObject({
      version: '0.76.0',
      image: 'registry.example.com/shop',
      architecture: 'linux-amd64',
      digests: [`sha256:${'d'.repeat(64)}`, `sha256:${'e'.repeat(64)}`],
      targets: 5,
    });
  });

  test('gives score, fix, other names and scope', async () => {
    const { findings } = await readSample('trivy', trivySample);
    expect(findings[0]).toMatchObject({
      severity: 'high',
      score: 8.1,
      rule: { aliases: ['DSA-1'], url: 'https://example.com/CVE-2026-1000' },
      package: { purl: 'pkg:deb/debian/libc6@2.41-1?arch=amd64', fixedIn: '2.41-2', scope: null },
    });
    expect(findings[1]?.package).toMatchObject({ scope: 'development', fixedIn: '' });
    expect(findings[2]?.rule.aliases).toEqual(['AVD-DS-0002']);
  });

  test('is read the same whatever the order of its keys', async () => {
    const sorted = {
      ...trivySample,
      Results: trivySample.Results.map((one) => Object.fromEntries(Object.entries(one).reverse())),
    };
    const backwards = Object.fromEntries(Object.entries(sorted).reverse());
    expect((await readSample('trivy', backwards)).findings).toEqual(
      (await readSample('trivy', trivySample)).findings,
    );
  });

  test('tells an operating system without updates', async () => {
    const Metadata = {
      ...trivySample.Metadata,
      OS: { Family: 'alpine', Name: '3.12', EOSL: true },
    };
    const { findings } = await readSample('trivy', { ...trivySample, Metadata });
    expect(findings.at(-1)).toMatchObject({ rule: { id: 'end-of-life' }, severity: 'critical' });
  });

  test('tells what its own ignore file took out', async () => {
    const [finding] = trivySample.Results[0]?.Vulnerabilities ?? [];
    const modified = {
      Type: 'vulnerability',
      Status: 'ignored',
      Statement: 'not reached',
      Source: '.trivyignore',
      Finding: finding,
    };
    const Results = [{ Target: 'a', Class: 'os-pkgs', ExperimentalModifiedFindings: [modified] }];
    const { findings } = await readSample('trivy', { ...trivySample, Results });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.suppressed).toBe('not reached, from .trivyignore');
  });

  test('that found nothing at all looked at nothing', async () => {
    const { facts } = await readSample('trivy', { ...trivySample, Results: undefined });
    expect(facts.targets).toBe(0);
  });
});

const closing =
  '{"level":"info-0","ts":"x","logger":"trufflehog","msg":"finished scanning","chunks":12,"trufflehog_version":"3.90.0"}';
const leak = (more: object) =>
  JSON.stringify({
    SourceMetadata: { Data: { Git: { commit: 'c'.repeat(40), file: 'app/config.py', line: 7 } } },
    DetectorName: 'AWS',
    Verified: false,
    Raw: 'AKIA0123456789',
    RawV2: 'AKIA0123456789:very-secret',
    SecretParts: { key: 'very-secret' },
    ...more,
  });

describe('TruffleHog', () => {
  test.each([
    [{ Verified: true }, 'verified'],
    [{ VerificationError: 'timeout' }, 'unknown'],
    [{}, 'unverified'],
  ] as const)('%j is %s', async (more, status) => {
    const { findings } = await readSample('trufflehog', `${leak(more)}\n${closing}\n`);
    expect(findings[0]).toMatchObject({
      class: 'secret',
      secret: status,
      target: 'app/config.py',
      line: 7,
    });
  });

  test('keeps nothing of a secret, and masks every form of it', async () => {
    const { findings, sealed } = await readSample('trufflehog', `${leak({})}\n${closing}\n`);
    expect(sealed).toEqual(['AKIA0123456789', 'AKIA0123456789:very-secret', 'very-secret']);
    expect(JSON.stringify(findings)).not.toMatch(/AKIA|very-secret/);
  });

  test.each([
    ['never came to its end', leak({}), 'does not say that TruffleHog came to its end'],
    [
      'could not find the commit',
      `{"level":"error","msg":"error resolving commit","error":"reference not found"}\n${closing}`,
      'TruffleHog met an error: error resolving commit: reference not found',
    ],
    [
      'could not find it, and calls that a remark',
      `{"level":"info-0","msg":"error scanning repository","error":"unable to resolve base ref"}\n${closing}`,
      'TruffleHog met an error: error scanning repository: unable to resolve base ref',
    ],
    ['is something else', `<html>\n${closing}`, 'a line that is not'],
    ['is cut off', leak({}).slice(0, 90), 'a line that is not'],
  ])('that %s is no report', async (_what, text, says) => {
    await expect(readSample('trufflehog', text)).rejects.toThrow(says);
  });
});

const gitleaksEntry = {
  RuleID: 'generic-api-key',
  Description: 'Generic API Key',
  StartLine: 4,
  Match: 'api_key = "hunter2hunter2"',
  Secret: 'hunter2hunter2',
  File: 'src/a.ts',
  Commit: 'c'.repeat(40),
  Fingerprint: `${'c'.repeat(40)}:src/a.ts:generic-api-key:4`,
};

describe('gitleaks', () => {
  test('clear secrets are masked and not kept, redacted ones need no mask', async () => {
    const clear = await readSample('gitleaks', [gitleaksEntry]);
    expect(clear.sealed).toEqual(['api_key = "hunter2hunter2"', 'hunter2hunter2']);
    expect(JSON.stringify(clear.findings)).not.toContain('hunter2');
    const redacted = await readSample('gitleaks', [
      { ...gitleaksEntry, Secret: 'REDACTED', Match: 'REDACTED' },
    ]);
    expect(redacted.sealed).toEqual([]);
    expect(redacted.findings[0]).toMatchObject({
      secret: 'unknown',
      nativeId: gitleaksEntry.Fingerprint,
    });
  });

  test('an empty list is clean, an object or a strange list is no report', async () => {
    expect((await readSample('gitleaks', [])).findings).toEqual([]);
    await expect(readSample('gitleaks', {})).rejects.toThrow('no list');
    await expect(readSample('gitleaks', [{ a: 1 }])).rejects.toThrow('no rule or no file');
  });
});

describe('packages', () => {
  test('npm audit: advisories of each package, and how to fix them', async () => {
    const via = {
      source: 1,
      name: 'lodash',
      title: 'Prototype Pollution',
      url: 'https://github.com/advisories/GHSA-jf85-cpcp-j695',
      severity: 'critical',
      cvss: { score: 9.1 },
    };
    const vulnerabilities = {
      lodash: {
        name: 'lodash',
        via: [via],
        range: '<4.17.12',
        nodes: ['node_modules/lodash'],
        fixAvailable: true,
      },
      parent: { name: 'parent', via: ['lodash'], range: '*', nodes: [], fixAvailable: false },
    };
    const report = {
      auditReportVersion: 2,
      vulnerabilities,
      metadata: { dependencies: { total: 3 } },
    };
    const { findings, facts } = await readSample('npm-audit', report);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      rule: { id: 'GHSA-jf85-cpcp-j695', title: 'Prototype Pollution' },
      severity: 'critical',
      score: 9.1,
      package: {
        name: 'lodash',
        purl: 'pkg:npm/lodash',
        fixedIn: 'npm audit fix',
        path: 'node_modules/lodash',
      },
    });
    expect(facts.targets).toBe(3);
  });

  test('npm audit that failed is no report', async () => {
    const report = {
      message: 'x',
      error: { code: 'ENOLOCK', summary: 'This command requires an existing lockfile.' },
    };
    await expect(readSample('npm-audit', report)).rejects.toThrow('requires an existing lockfile');
    await expect(readSample('npm-audit', { advisories: {} })).rejects.toThrow(
      'auditReportVersion is not 2',
    );
  });

  test('pip-audit: what it could not look up is a finding too', async () => {
    const dependencies = [
      {
        name: 'Jinja2',
        version: '2.4.1',
        vulns: [
          {
            id: 'PYSEC-1',
            fix_versions: ['2.11.3', '3.0'],
            aliases: ['CVE-2020-28493'],
            description: 'ReDoS',
          },
        ],
      },
      { name: 'ok', version: '1', vulns: [] },
      { name: 'own', skip_reason: 'Dependency not found on PyPI' },
    ];
    const { findings, facts } = await readSample('pip-audit', { dependencies, fixes: [] });
    expect(findings.map(({ rule, severity }) => [rule.id, severity])).toEqual([
      ['PYSEC-1', 'unknown'],
      ['not-audited', 'unknown'],
    ]);
    expect(findings[0]).toMatchObject({
      rule: { aliases: ['CVE-2020-28493'] },
      package: { purl: 'pkg:pypi/jinja2@2.4.1', fixedIn: '2.11.3, 3.0' },
    });
    expect(facts.targets).toBe(3);
    await expect(readSample('pip-audit', {})).rejects.toThrow('no dependencies');
  });
});

const sarif = (run: object) => ({
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'Tool',
          semanticVersion: '1.2.3',
          rules: [
            {
              id: 'R1',
              shortDescription: { text: 'Rule one' },
              properties: { 'security-severity': '9.8' },
            },
            { id: 'R2', defaultConfiguration: { level: 'error' } },
          ],
        },
      },
      ...run,
    },
  ],
});
const location = {
  physicalLocation: {
    artifactLocation: { uri: 'a/b.c' },
    region: { startLine: 5, snippet: { text: 'password = "geheim1234"' } },
  },
};

describe('SARIF', () => {
  test('takes severity from the rule, the level, or the default', async () => {
    const results = [
      { ruleId: 'R1', message: { text: 'one' }, locations: [location] },
      { ruleIndex: 1, message: { text: 'two' } },
      { ruleId: 'other', level: 'note', message: { text: 'three' } },
      { ruleId: 'R1', kind: 'pass', message: { text: 'good' } },
    ];
    const { findings, facts } = await readSample('sarif', sarif({ results }));
    expect(
      findings.map(({ rule, severity, score, target }) => [rule.id, severity, score, target]),
    ).toEqual([
      ['R1', 'critical', 9.8, 'a/b.c'],
      ['R2', 'high', null, ''],
      ['other', 'low', null, ''],
    ]);
    expect(facts).toMatchObject({ tool: 'Tool', version: '1.2.3' });
  });

  test('of secrets keeps no text that could hold one', async () => {
    const results = [{ ruleId: 'x', message: { text: 'found geheim1234' }, locations: [location] }];
    const { findings, sealed } = await readSample('sarif', sarif({ results }), {
      soleClass: 'secret',
    });
    expect(sealed).toEqual(['password = "geheim1234"']);
    expect(JSON.stringify(findings)).not.toContain('geheim1234');
  });

  test('knows suppressions, and those that were rejected', async () => {
    const result = (suppressions: object[]) => ({
      ruleId: 'R1',
      message: { text: 'x' },
      suppressions,
    });
    const results = [
      result([{ kind: 'inSource' }]),
      result([{ kind: 'external', status: 'rejected' }]),
      result([{ kind: 'external', justification: 'no' }]),
    ];
    const { findings } = await readSample('sarif', sarif({ results }));
    expect(findings.map(({ suppressed }) => suppressed)).toEqual([
      'inSource, without a reason',
      null,
      'no',
    ]);
  });

  test.each([
    [{ invocations: [{ executionSuccessful: false }] }, 'says that it failed'],
    [
      {
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [{ level: 'error', message: { text: 'no db' } }],
          },
        ],
      },
      'met an error: no db',
    ],
  ])('a tool that failed wrote no report: %j', async (run, says) => {
    await expect(readSample('sarif', sarif({ ...run, results: [] }))).rejects.toThrow(says);
  });
});
