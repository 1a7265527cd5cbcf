import { ShiplockError } from '../../../errors';
import type { Database, Place } from '../database';

/** A server in a container. */
export type ContainerPlace = Extract<Place, { at: 'container' }>;

/** Where it is; throws when it runs elsewhere. */
export function containerOf({ place }: Database): ContainerPlace {
  if (place.at === 'container') return place;
  throw byHand('the server does not run in a container of this host');
}

/** Says how it is done by hand. */
export const byHand = (why: string): ShiplockError =>
  new ShiplockError(`It cannot be restored by itself: ${why}`, {
    fault: 'user',
    verdict: 'refused',
    hint: 'By hand: stop the server, turn appendonly off in its configuration, put dump.rdb of the backup in its folder under the name of dbfilename, start it, count, and turn appendonly on with CONFIG SET appendonly yes.',
  });
