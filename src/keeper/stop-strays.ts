import type { PlacedRelease } from '../domain/records/plan';
import type { ReleasedService } from '../domain/records/release';
import { messageOf } from '../errors';
import { stopSlot } from '../operations/release/stop-slot';
import type { Keep } from './keep';

/**
 * Stops workers that a `docker compose up` of the team brought back beside a release: they would do jobs with another
 * version. What the proxy sends requests to gets none there, and is left to the team.
 */
export async function stopStrays(keep: Keep): Promise<void> {
  const { plan, journal, warnings } = keep;
  if (plan.live === null || [plan.live, plan.target].some(({ slot }) => slot === 'adopted')) return;
  try {
    const stopped = await stopSlot(keep, astray(plan.live, plan), ({ service }) =>
      isWorker(service),
    );
    if (stopped.length > 0)
      journal.note('keeper', `stopped beside the release: ${stopped.join(', ')}`);
  } catch (thrown) {
    warnings.push(`workers beside the release could not be stopped: ${messageOf(thrown)}`);
  }
}

const isWorker = ({ port }: ReleasedService): boolean => port === undefined;

/** The containers of plain Compose that go by the names of released services. */
function astray(live: PlacedRelease, { project, target }: Keep['plan']): PlacedRelease {
  const services = [live, target].flatMap(({ release }) => release.services);
  const byName = new Map(services.map((service) => [service.name, service]));
  return { slot: 'adopted', project, release: { ...live.release, services: [...byName.values()] } };
}
