import type { Readable } from 'node:stream';
import type { Outcome } from '../domain/records/journal';
import { messageOf } from '../errors';
import { leaseFreed } from '../domain/release/journal-line';
import { writeLease } from '../operations/release/record-outcome';
import { hostPath } from '../operations/release/release-files';
import { startTranscript } from '../operations/release/transcript';
import type { World } from '../operations/release/world';
import type { Clock } from '../platform/clock';
import type { Engine } from '../platform/docker-api/docker-api';
import { followPlan } from './follow-plan';
import { openInbox, type Inbox } from './inbox';
import { openJournal, outcomeOf, type Journal } from './journal';
import type { Keep } from './keep';

const beatMs = 10_000;

/** The server as a keeper finds it, and its line to whoever follows. */
export interface KeeperParts extends Omit<World, 'engine'> {
  readonly connect: () => Promise<Engine>;
  /** Commands, one JSON object a line. */
  readonly input: Readable;
  /** Takes each record once it is on the disk. */
  readonly say: (line: string) => void;
}

/**
 * Keeps one deploy from wherever its journal stands to its end, and frees the lease. Throws when it was interrupted; begun
 * again it then goes on.
 */
export async function keepDeploy({ connect, input, say, ...world }: KeeperParts): Promise<Outcome> {
  const { plan, files, clock } = world;
  const path = hostPath.journal(plan.base, plan.deploy);
  const journal = await openJournal({ path, epoch: plan.epoch, files, clock, say });
  const inbox = listen(input, clock, journal);
  const parts = { journal, inbox, transcript: startTranscript(), warnings: [] };
  const keep: Keep = { ...world, ...parts, engine: await connect() };
  const heart = startHeart(keep);
  try {
    const outcome = await followPlan(keep);
    await heart.stop();
    await writeLease(keep, true);
    say(leaseFreed);
    return outcome;
  } catch (thrown) {
    // Nothing comes after the end, also when the lease could not be freed.
    if (outcomeOf(journal) === undefined)
      journal.note('keeper', `interrupted: ${messageOf(thrown)}`);
    throw thrown;
  } finally {
    await heart.stop();
    await journal.settled().catch(() => undefined);
  }
}

function listen(input: Readable, clock: Clock, journal: Journal): Inbox {
  return openInbox(input, clock, ({ step, phase, text, tookMs }) => {
    const extras = {
      ...(text === undefined ? {} : { text }),
      ...(tookMs === undefined ? {} : { tookMs }),
    };
    // What cannot be written shows at the next record of the keeper's own.
    journal.write(step, phase, extras).catch(() => undefined);
  });
}

/** Says on the lease every now and then that this deploy is alive; once `stop` resolves it says nothing more. */
function startHeart(keep: Keep): { stop(): Promise<void> } {
  const over = new AbortController();
  const beats = (async (): Promise<void> => {
    for (;;) {
      await keep.clock.sleep(beatMs, over.signal);
      if (over.signal.aborted) return;
      await writeLease(keep, false).catch(() => undefined);
    }
  })();
  return {
    stop: () => {
      over.abort();
      return beats;
    },
  };
}
