import { describe, expect, test } from '@jest/globals';
import { findCaddyProblems } from '../../../src/domain/proxy/caddy-check';

const at = { adopted: 'web:8000', blue: 'blue-web:8000', green: 'green-web:8000' };
const request = {
  ...{ app: 'shop', environment: 'production', token: 'c0ffee', sharedBlock: false },
  routes: [{ service: 'web', at }],
  dir: '/etc/caddy/shiplock',
};
const token = { match: [{ path: ['/.well-known/shiplock-c0ffee'] }], handle: [] };
const sentTo = (...dials: string[]) => ({
  handle: [{ handler: 'reverse_proxy', upstreams: dials.map((dial) => ({ dial })) }],
});
/** What caddy adapt prints of a site with these routes, nested as it nests them. */
const adapted = (...routes: object[]) =>
  JSON.stringify({
    apps: {
      http: { servers: { srv0: { routes: [{ handle: [{ handler: 'subroute', routes }] }] } } },
    },
  });
const found = (text: string) => findCaddyProblems(text, request, ['web']).map(({ says }) => says);
const fixes = (text: string) => findCaddyProblems(text, request, ['web']).map(({ fix }) => fix);

describe('found', () => {
  test('a missing import, with the lines to add', () => {
    expect(fixes(adapted(sentTo('{shiplock_web}')))).toEqual([
      'put "import /etc/caddy/shiplock/shop-production.caddy" into the site block of the app, and send requests on with "reverse_proxy {shiplock_web}"',
    ]);
  });

  test.each(['web:8000', 'WEB:8000', 'web'])('the literal name in %s', (dial) => {
    expect(found(adapted(token, sentTo(dial)))).toEqual([
      `reverse_proxy ${dial} names web, which is gone once only slots run`,
    ]);
  });

  test('a name that Caddy looks up by itself', () => {
    const lookup = { handler: 'reverse_proxy', dynamic_upstreams: { source: 'a', name: 'web' } };
    expect(found(adapted(token, { handle: [lookup] }))).toEqual([
      'reverse_proxy web names web, which is gone once only slots run',
    ]);
  });

  test('a literal name beside the right one', () => {
    expect(found(adapted(token, sentTo('{shiplock_web}'), sentTo('web:8000')))).toHaveLength(1);
  });

  test('a service that nothing is sent to', () => {
    expect(found(adapted(token, sentTo('other:8000')))).toEqual([
      'nothing is sent to {shiplock_web}',
    ]);
  });
});

describe('nothing is found', () => {
  test.each([
    ['in the usual', adapted(token, sentTo('{shiplock_web}'))],
    ['where only the name begins alike', adapted(token, sentTo('{shiplock_web}', 'web2:80'))],
  ])('%s', (_, text) => expect(found(text)).toEqual([]));
});
