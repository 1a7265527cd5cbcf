import type { Plan } from '../records/plan';

/**
 * Names of the services that must not run twice and that both releases have: of these the old container is stopped just
 * before the new one starts. What either release says holds, because the other one may be from before somebody knew.
 */
export function handedOver({ target, live }: Pick<Plan, 'target' | 'live'>): ReadonlySet<string> {
  const workers = target.release.services.filter(({ port }) => port === undefined);
  const names = workers.filter((service) => {
    const old = live?.release.services.find(({ name }) => name === service.name);
    if (old === undefined || old.port !== undefined) return false;
    return service.overlap === false || old.overlap === false;
  });
  return new Set(names.map(({ name }) => name));
}
