import { composeImages } from '../../domain/compose/service-images';
import { assignImages, type ImagesByService } from '../../domain/images/assign';
import { formatReference, parseReference } from '../../domain/images/reference';
import type { RegistryLogin } from '../../domain/images/registry-login';
import { settleImage, type WantedImage } from '../../domain/images/settle-image';
import type { Problem } from '../../domain/problem';
import { judgeImagesRoom, neededBytes } from '../../domain/release/judge-disk';
import { inquireImages, type Inquiry } from '../../operations/release/inquire-images';
import { localImages } from '../../operations/release/local-images';
import type { HostRun } from './deploy-tools';
import type { Findings } from './findings';
import { loginOf } from './login-of';
import { missingShared, type Preflight } from './preflight';
import { managedStart } from './start-managed';

/**
 * S1, the images: resolves what is to be released to digests, once, and makes sure that all else that a run pulls can be had, and that there
 * is room for it. Downloads nothing; what stands in the way goes to the findings.
 */
export async function chooseImages(
  run: HostRun,
  lines: readonly string[],
  before: Preflight,
  findings: Findings,
): Promise<Readonly<Record<string, string>>> {
  const composed = composeImages(before.stack.compose, run.config);
  const assigned = await findings.from(() => assignImages(lines, composed));
  const silent = before.seen.version === null;
  const images =
    assigned === null || silent ? {} : await settleImages(run, before, assigned, findings);
  return { ...standIns(Object.keys(composed)), ...images };
}

/** Images that nothing is made of: with one of them the host is refused, but what else is wrong with its service is told too. */
function standIns(services: readonly string[]): Record<string, string> {
  const digest = `sha256:${'0'.repeat(64)}`;
  return Object.fromEntries(services.map((name) => [name, `unresolved@${digest}`]));
}

async function settleImages(
  run: HostRun,
  before: Preflight,
  assigned: ImagesByService,
  findings: Findings,
): Promise<Readonly<Record<string, string>>> {
  const wanted = [...releasedImages(assigned), ...otherImages(run, before)];
  const login = loginOf(run, before.seen.look, Object.values(assigned).map(formatReference));
  const inquiry = await inquire(run, before, wanted, login);
  const settled = wanted.map((one) => ({ one, ...settleImage(one, inquiry.of(one), login) }));
  findings.add(...settled.flatMap((result) => ('problem' in result ? [result.problem] : [])));
  const found = settled.flatMap((result) => ('image' in result ? [result] : []));
  const names = found.map(({ image }) => image);
  const here = await localImages(run.session.engine, names);
  const missing = found.flatMap(({ one, image }) => (here.has(image) ? [] : [{ one, image }]));
  findings.add(...judgeRoom(inquiry, missing));
  return Object.fromEntries(
    found.flatMap(({ one, image }) => (one.service === null ? [] : [[one.service, image]])),
  );
}

function releasedImages(assigned: ImagesByService): readonly WantedImage[] {
  return Object.entries(assigned).map(([service, reference]) => {
    return { path: `image of ${service}`, reference, service };
  });
}

/** The keeper's image, and those of the managed proxy and of shared services that are yet to be started. */
function otherImages({ facts, config }: HostRun, before: Preflight): readonly WantedImage[] {
  const { services } = before.stack.compose;
  const shared = missingShared(before).map((name) => ({
    path: `services.${name}.image`,
    text: services[name]?.image ?? '',
  }));
  const proxy =
    managedStart(config, before.seen) === 'made'
      ? [{ path: 'proxy.image', text: config.proxy.managed.image }]
      : [];
  const keeper = { path: 'keeper-image', text: facts.keeperImage };
  return [keeper, ...proxy, ...shared].flatMap(({ path, text }) => {
    const reference = parseReference(text);
    return reference === undefined ? [] : [{ path, reference, service: null }];
  });
}

function inquire(
  { session, facts }: HostRun,
  { seen, stack }: Preflight,
  wanted: readonly WantedImage[],
  login: RegistryLogin,
): Promise<Inquiry> {
  const { os = 'linux', architecture = 'amd64' } = seen.version ?? {};
  const live = stack.live?.release.services.map(({ image }) => image) ?? [];
  const { docker } = facts;
  const platform = { os, architecture };
  return inquireImages(session, { wanted, live, login, docker, platform });
}

function judgeRoom(
  inquiry: Inquiry,
  missing: readonly { readonly one: WantedImage; readonly image: string }[],
): readonly Problem[] {
  const manifests = missing.flatMap(({ one }) => inquiry.of(one).manifest ?? []);
  const bytes = neededBytes(manifests, inquiry.present);
  const images = { missing: new Set(missing.map(({ image }) => image)).size, bytes };
  return inquiry.room === null ? [] : judgeImagesRoom(inquiry.room, images);
}
