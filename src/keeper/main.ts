import { readFileSync } from 'node:fs';
import { messageOf } from '../errors';
import { plan as planSchema } from '../domain/records/plan';
import { writeLease } from '../operations/record-outcome';
import { hostPath } from '../operations/release-files';
import { startTranscript } from '../operations/transcript';
import { systemClock } from '../platform/clock';
import { connectEngine } from '../platform/docker-api';
import { localFiles } from '../platform/files';
import { probe } from '../platform/http-probe';
import { followPlan } from './follow-plan';
import { openInbox } from './inbox';
import { openJournal } from './journal';

const socketPath = '/var/run/docker.sock';
const leaseBeatMs = 10_000;

/** `node <keeper> <plan.json>`: keeps one deploy; exit code 0 = it has ended (how, says the journal), else Docker starts it again. */
async function main(planPath: string): Promise<void> {
  const plan = planSchema.parse(JSON.parse(readFileSync(planPath, 'utf8')));
  const files = localFiles(plan.owner);
  const clock = systemClock;
  const journal = await openJournal({
    path: hostPath.journal(plan.base, plan.deploy),
    epoch: plan.epoch,
    files,
    clock,
    say: (line) => process.stdout.write(`${line}\n`),
  });
  const inbox = openInbox(process.stdin, clock, ({ step, phase, text, tookMs }) => {
    void journal.write(step, phase, {
      ...(text === undefined ? {} : { text }),
      ...(tookMs === undefined ? {} : { tookMs }),
    });
  });
  const engine = await connectEngine({ socketPath });
  const keep = {
    plan,
    engine,
    files,
    probe,
    clock,
    journal,
    inbox,
    transcript: startTranscript(),
    warnings: [],
  };
  const beat = setInterval(() => void writeLease(keep, false).catch(() => undefined), leaseBeatMs);
  try {
    await followPlan(keep);
  } catch (thrown) {
    journal.note('keeper', `interrupted: ${messageOf(thrown)}`);
    throw thrown;
  } finally {
    clearInterval(beat);
    await journal.settled();
  }
}

// A daemon that stops asks nicely first. Not ending with 0 brings the keeper back with the daemon.
process.on('SIGTERM', () => process.exit(143));

main(process.argv[2] ?? '').then(
  () => process.exit(0),
  (thrown: unknown) => {
    process.stderr.write(`${messageOf(thrown)}\n`);
    process.exit(1);
  },
);
