/**
 * `npm run -s bench:deploy [runs]`: what a deploy, a warm rollback and an automatic return cost, next to `docker compose up -d` of the
 * same change on the same server. The app is ready at once and every wait is as short as it can be chosen; bench/deploy/timeline.ts
 * defines what counts as the tool's own time. The actions run as built in dist/, started as GitHub does. Last line: one JSON object.
 */
import { startEnvironment } from '../../test/support/environment';
import { figures, type Measured } from './figures';
import { pushApp, startStand, type Stand } from './stand';
import { openToProofMs, phasesOf, verdictToProofMs } from './timeline';

const runs = Number(process.argv[2] ?? 5);

type Mutable = { [K in keyof Measured]: Measured[K][number][] };

async function measure(stand: Stand, images: readonly string[], bad: string): Promise<Measured> {
  const measured: Mutable = {
    deploys: [],
    sessions: [],
    rollbacks: [],
    returns: [],
    composeUps: [],
  };
  const release = (image: string, version: string, more: Record<string, string> = {}) =>
    stand.run('deploy', 'deployed', { images: image, version, 'keep-old': 'stopped', ...more });
  const [first = '', ...others] = images;
  await release(first, 'first');
  for (const [index, image] of others.entries()) {
    const run = await release(image, `d${index}`);
    measured.deploys.push({ wallMs: run.endedAt - run.startedAt, phases: phasesOf(run) });
    measured.composeUps.push(await stand.composeUp(image));
    tell(`deploy ${index + 1}`, measured);
  }
  for (const [index, image] of others.entries()) {
    const versions = { good: `g${index}`, bad: `b${index}` };
    await release(image, versions.good, { 'keep-old': 'running' });
    measured.rollbacks.push(openToProofMs(await stand.run('rollback', 'rolled-back', {})));
    const turning = { images: bad, version: versions.bad, bake: '5s' };
    measured.returns.push(verdictToProofMs(await stand.run('deploy', 'rolled-back', turning)));
    tell(`rollback and return ${index + 1}`, measured);
  }
  // Last, because it costs time: how often the server is talked to does not vary.
  await stand.startNoting();
  await release(first, 'counted');
  measured.sessions.push(await stand.noted());
  return measured;
}

function tell(what: string, measured: Measured): void {
  const last = Object.fromEntries(
    Object.entries(measured).map(([name, values]) => [name, (values as unknown[]).at(-1)]),
  );
  process.stdout.write(`${what}: ${JSON.stringify(last)}\n`);
}

const environment = await startEnvironment();
process.once('SIGINT', () => void environment.stop().finally(() => process.exit(130)));
try {
  const images: string[] = [];
  for (let index = 0; index <= runs; index += 1)
    images.push(await pushApp(environment, `v${index}`));
  const bad = await pushApp(environment, 'bad', 500);
  const stand = await startStand(environment, images[0] ?? '');
  try {
    const measured = await measure(stand, images, bad);
    process.stdout.write(`${JSON.stringify(figures(measured))}\n`);
  } finally {
    await stand.stop();
  }
} finally {
  await environment.stop();
}
process.exit();
