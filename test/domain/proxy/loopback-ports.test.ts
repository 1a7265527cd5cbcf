import { describe, expect, test } from '@jest/globals';
import { choosePorts } from '../../../src/domain/proxy/loopback-ports';

const none = new Set<number>();
const web = (blue: number, green: number) => [{ name: 'web', loopback: { blue, green } }];

describe('ports of the host', () => {
  test.each<[string, Parameters<typeof choosePorts>, ReturnType<typeof choosePorts>]>([
    [
      'two for each service, none twice',
      [['web', 'api'], [], none],
      { web: { blue: 21000, green: 21001 }, api: { blue: 21002, green: 21003 } },
    ],
    [
      'none that anybody else has',
      [['web'], [], new Set([21000, 21002])],
      { web: { blue: 21001, green: 21003 } },
    ],
    [
      'those on record, the newest first',
      [['web'], [web(21010, 21011), web(21000, 21001)], none],
      { web: { blue: 21010, green: 21011 } },
    ],
    [
      'the other slot keeps its port when one was taken',
      [['web'], [web(21000, 21001)], new Set([21000])],
      { web: { blue: 21002, green: 21001 } },
    ],
    [
      'an older one on record serves when the newest was taken',
      [['web'], [web(21010, 21011), web(21000, 21001)], new Set([21010])],
      { web: { blue: 21000, green: 21011 } },
    ],
    [
      'a new service gets none that a release on record has, which may come back',
      [['api'], [web(21000, 21001)], none],
      { api: { blue: 21002, green: 21003 } },
    ],
    [
      'a release without ports says nothing',
      [['web'], [[{ name: 'web' }]], none],
      { web: { blue: 21000, green: 21001 } },
    ],
  ])('%s', (_, request, chosen) => {
    expect(choosePorts(...request)).toEqual(chosen);
  });
});
