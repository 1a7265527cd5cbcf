import type { ProxyDriver } from './driver';
import { adoptionSteps, usualDir } from './nginx-adoption';
import { findIncludeProblems } from './nginx-check';
import { checkInclude, nginxInclude, waitsForVariable, type NginxPlace } from './nginx-include';

/** Docker's resolver is asked again after 2 s (`valid`), and a margin; ports of the host are no names. */
const forgetMs = { container: 3000, host: 0 };

/** nginx, in a container of the team's stack or on the host. */
export function nginxDriver(place: NginxPlace): ProxyDriver {
  return {
    dump: ['nginx', '-T'],
    check: ['nginx', '-t'],
    reload: ['nginx', '-s', 'reload'],
    usualDir,
    keepsConnections: false,
    forgetMs: forgetMs[place],
    file: ({ app, environment }) => `${app}-${environment}.conf`,
    include: (request) => nginxInclude(request, place),
    checkInclude,
    findProblems: findIncludeProblems,
    waitsForInclude: waitsForVariable,
    adoption: (request) => adoptionSteps(request, place),
  };
}
