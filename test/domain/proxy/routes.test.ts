import { describe, expect, test } from '@jest/globals';
import { namesIn, portsIn, routesOf } from '../../../src/domain/proxy/routes';

const names = namesIn('shop', 'production');
const service = (name: string, port: number) => ({ name, port });

describe('routes', () => {
  test('each slot has the port of its own release: a new port does not move what serves', () => {
    const live = { slot: 'blue', services: [service('web', 8000)] } as const;
    const target = { slot: 'green', services: [service('web', 9000)] } as const;
    expect(routesOf([live, target], names)).toEqual([
      {
        service: 'web',
        at: {
          adopted: 'web:8000',
          blue: 'shop-production-blue-web:8000',
          green: 'shop-production-green-web:9000',
        },
      },
    ]);
  });

  test('a service of one release alone has a name in every slot, where nobody answers', () => {
    const live = { slot: 'adopted', services: [service('web', 80)] } as const;
    const target = { slot: 'blue', services: [service('api', 81), { name: 'worker' }] } as const;
    const routes = routesOf([live, target], names);
    expect(routes.map((route) => [route.service, route.at.adopted, route.at.blue])).toEqual([
      ['web', 'web:80', 'shop-production-blue-web:80'],
      ['api', 'api:81', 'shop-production-blue-api:81'],
    ]);
  });

  test('on the host they are ports: published by the team before the first release, by a slot after it', () => {
    const loopback = { blue: 21000, green: 21001 };
    const target = { slot: 'blue', services: [{ ...service('web', 80), loopback }] } as const;
    const at = (address: string | null) =>
      routesOf(
        [target],
        portsIn(() => address),
      )[0]?.at;
    const slots = { blue: '127.0.0.1:21000', green: '127.0.0.1:21001' };
    expect(at('127.0.0.1:8080')).toEqual({ adopted: '127.0.0.1:8080', ...slots });
    expect(at(null)).toEqual({ adopted: '127.0.0.1:9', ...slots });
  });
});
