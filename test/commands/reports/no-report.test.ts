import { describe, expect, test } from '@jest/globals';
import { reportKinds } from '../../../src/domain/scan/report-facts';
import { readSample, trivySample } from '../../support/scan-samples';

describe.each(reportKinds)('%s: what is no report is never a pass', (kind) => {
  test.each([
    ['empty', ''],
    ['white space', '\n\n'],
    ['HTML', '<!DOCTYPE html><html><body>502</body></html>'],
    ['another JSON', '{"ok":true}'],
    ['null', 'null'],
    ['a number', '1'],
  ])('%s', async (_what, text) => {
    await expect(readSample(kind, text)).rejects.toThrow();
  });
});

test('of another schema version nothing is known', async () => {
  await expect(readSample('trivy', { ...trivySample, SchemaVersion: 3 })).rejects.toThrow(
    'SchemaVersion is 3, not 2',
  );
  await expect(readSample('sarif', { version: '2.0.0', runs: [] })).rejects.toThrow(
    'version is "2.0.0", not 2.1.0',
  );
});
