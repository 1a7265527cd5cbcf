import { readFileSync } from 'node:fs';
import { messageOf } from '../errors';
import { plan as planSchema } from '../domain/records/plan';
import { systemClock } from '../platform/clock';
import { connectEngine } from '../platform/docker-api/docker-api';
import { localFiles } from '../platform/files';
import { probe } from '../platform/http-probe';
import { keepDeploy } from './keep-deploy';

const socketPath = '/var/run/docker.sock';

/** `node <keeper> <plan.json>`: keeps one deploy; exit code 0 = it has ended (how, says the journal), else Docker starts it again. */
async function main(planPath: string): Promise<void> {
  const plan = planSchema.parse(JSON.parse(readFileSync(planPath, 'utf8')));
  await keepDeploy({
    plan,
    files: localFiles(plan.owner),
    clock: systemClock,
    probe,
    connect: () => connectEngine({ socketPath }),
    input: process.stdin,
    say: (line) => process.stdout.write(`${line}\n`),
  });
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
