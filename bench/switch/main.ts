/**
 * `npm run -s bench:switch [deploys] [form …]`: how many requests fail while a running stack is taken over, and while a server is deployed to again and again, on each form of
 * proxy, at 200 requests/s on new connections and 200 on kept ones at once. The actions run as built in dist/ (or in the folder that
 * SHIPLOCK_ACTIONS names), started as GitHub does. Last line: one JSON object.
 */
import { pushCaddy, pushManagedCaddy } from '../../test/support/caddy-image';
import { startEnvironment } from '../../test/support/environment';
import { buildSampleImages } from '../../test/support/sample-app';
import { pushApp } from '../deploy/stand';
import { figures, type Measured } from './figures';
import { startStand } from './stand';

const [count = '20', ...chosen] = process.argv.slice(2);
const deploys = Number(count);
const forms = ['nginx-container', 'nginx-host', 'caddy', 'managed'].filter(
  (form) => chosen.length === 0 || chosen.includes(form),
);

const environment = await startEnvironment();
process.once('SIGINT', () => void environment.stop().finally(() => process.exit(130)));

await buildSampleImages({ versions: {} });
const images = [
  environment.keeperImage,
  `${environment.parts.registry}/shiplock-sample/nginx:1.26`,
  await pushCaddy(environment),
  await pushManagedCaddy(environment),
];

async function measure(form: string, versions: readonly string[]): Promise<Measured> {
  const stand = await startStand(environment, form, [...images, ...versions]);
  try {
    await stand.deploy(versions[0] ?? '', 'first');
    await stand.letVisitorsIn();
    const reports = [];
    for (let done = 0; done < deploys; done += 1) {
      await stand.deploy(versions[(done + 1) % versions.length] ?? '', `d${done}`);
      const met = await stand.visitorsMet();
      reports.push(...met);
      process.stdout.write(
        `${form} ${done + 1}: ${met.map(({ sent, failed }) => `${failed} of ${sent} failed`).join(', ')}\n`,
      );
    }
    return { form, deploys, reports };
  } finally {
    await stand.stop();
  }
}

/** What visitors meet while the first deploy takes over a stack that runs under plain Compose. */
async function measureAdoption(form: string, versions: readonly string[]): Promise<Measured> {
  const stand = await startStand(environment, form, [...images, ...versions]);
  try {
    await stand.runPlain(versions[0] ?? '');
    await stand.letVisitorsIn();
    await stand.deploy(versions[1] ?? '', 'first');
    return { form: `${form}, adoption`, deploys: 1, reports: await stand.visitorsMet() };
  } finally {
    await stand.stop();
  }
}

try {
  const versions = [await pushApp(environment, 's0'), await pushApp(environment, 's1')];
  const measured: Measured[] = [];
  for (const form of forms) {
    // The managed proxy takes no running stack over: that is refused.
    if (form !== 'managed') measured.push(await measureAdoption(form, versions));
    measured.push(await measure(form, versions));
  }
  process.stdout.write(`${JSON.stringify(figures(measured))}\n`);
} finally {
  await environment.stop();
}
process.exit();
