import type { Config } from '../../config/config';
import { joinProxy } from '../../domain/compose/join-proxy';
import { renderSlot, type RenderedSlot } from '../../domain/compose/slot';
import type { SentPath } from '../../domain/compose/sent-files';
import type { SlotSettings } from '../../domain/compose/settings';
import { managedProxy } from '../../domain/proxy/managed-container';
import { idleSlot } from '../../domain/proxy/markers';
import type { PlacedRelease } from '../../domain/records/plan';
import type { Release, ReleasedService } from '../../domain/records/release';
import { ShiplockError } from '../../errors';
import type { Stack } from './read-stack';

/** A release as it is to be made on one host. */
export interface Draft {
  readonly slot: RenderedSlot;
  readonly target: PlacedRelease;
}

/** What names a release, and what goes into it. */
export interface ReleaseParts {
  readonly names: Pick<Release, 'id' | 'seq' | 'version' | 'deploy' | 'createdAt'>;
  readonly images: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** What of the repository goes along, each with a hash of what is in it. */
  readonly sent: readonly (SentPath & { readonly hash: string })[];
  /** A rollback moves no data: what runs once per release has run. */
  readonly withTasks: boolean;
  readonly base: string;
  /** What the managed proxy sends to each service; null = it is not the proxy here. */
  readonly sites: Config['sites'] | null;
  /** Keyed: what is hashed holds secrets. */
  readonly hash: (text: string) => string;
}

/** Renders a release for the slot that does not serve; throws one refusal with everything that cannot be. */
export function draftRelease(
  stack: Pick<Stack, 'compose' | 'live' | 'markers' | 'loopback'>,
  settings: SlotSettings,
  { names, images, env, sent, withTasks, base, sites, hash }: ReleaseParts,
): Draft {
  const { compose, loopback } = stack;
  const slot = idleSlot(stack.live?.slot ?? null, stack.markers);
  if (slot === 'adopted')
    throw new ShiplockError('no release can live in adopted', { fault: 'bug' });
  const alone = renderSlot({
    ...{ compose, settings, slot, release: names },
    ...{ images, env, sent, withTasks, base, loopback },
  });
  const rendered = sites === null ? alone : joinProxy(alone, managedProxy.inside);
  const release: Release = {
    schema: 1,
    ...names,
    slot,
    standing: 'pending',
    project: compose.name,
    services: rendered.services.map((service) => withSites(service, sites)),
    ...onceImages(rendered),
    configHash: hash(JSON.stringify({ compose, settings, images, env, sent })),
    schemaVersion: { before: null, after: null },
    backups: [],
    reason: null,
  };
  return { slot: rendered, target: { slot, project: rendered.project, release } };
}

function onceImages({ images, services }: RenderedSlot): Pick<Release, 'onceImages'> {
  const once = images.filter((one) => services.every(({ image }) => image !== one));
  return once.length === 0 ? {} : { onceImages: once };
}

function withSites(service: ReleasedService, sites: ReleaseParts['sites']): ReleasedService {
  const own = sites?.[service.name];
  return own === undefined ? service : { ...service, sites: [...own] };
}
