import { caddyAdoptionSteps, usualCaddyDir } from './caddy-adoption';
import { findCaddyProblems } from './caddy-check';
import { caddyInclude, checkCaddyInclude } from './caddy-include';
import type { ProxyDriver } from './driver';

/** The team's own Caddy, in a container of its stack. @param caddyfile as the container sees it */
export function caddyDriver(caddyfile: string): ProxyDriver {
  const file = ['--config', caddyfile, '--adapter', 'caddyfile'];
  return {
    dump: ['caddy', 'adapt', ...file],
    check: ['caddy', 'validate', ...file],
    reload: ['caddy', 'reload', ...file],
    keepsConnections: true,
    usualDir: usualCaddyDir,
    // It looks a name up for each connection that it opens.
    forgetMs: 0,
    file: ({ app, environment }) => `${app}-${environment}.caddy`,
    include: caddyInclude,
    checkInclude: checkCaddyInclude,
    findProblems: findCaddyProblems,
    waitsForInclude: () => false,
    adoption: (request) => caddyAdoptionSteps(request, file),
  };
}
