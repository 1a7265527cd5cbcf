import type { AskedImage, Measured } from '../../commands/measure';
import { readManifest, type ImageManifest } from '../../domain/images/inspected-manifest';
import {
  formatReference,
  parseReference,
  type ImageReference,
} from '../../domain/images/reference';
import { dockerLogin, type RegistryLogin } from '../../domain/images/registry-login';
import {
  askedAs,
  mustAsk,
  type ImageFindings,
  type WantedImage,
} from '../../domain/images/settle-image';
import type { FreeRoom } from '../../domain/release/free-room';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { EngineInfo } from '../../platform/docker-api/types';
import type { Host } from '../../platform/host';
import { askRegistry } from './ask-registry';
import { localImages } from './local-images';
import { measureHost } from './measure-host';

/** What was learned of the images that a run needs, and of the room for them. */
export interface Inquiry {
  of(wanted: WantedImage): ImageFindings;
  /** Of images that the host has: their layers need not come again. */
  readonly present: readonly ImageManifest[];
  /** Where Docker keeps its images; null = it could not be measured. */
  readonly room: FreeRoom | null;
}

interface Request {
  readonly wanted: readonly WantedImage[];
  /** What runs now, by digest. */
  readonly live: readonly string[];
  readonly login: RegistryLogin;
  readonly docker: readonly string[];
  readonly platform: { readonly os: string; readonly architecture: string };
}

/** Asks the engine, the registries and the host's disks, all that can be asked at once; downloads nothing. */
export async function inquireImages(
  { engine, host }: { readonly engine: Engine; readonly host: Host },
  { wanted, live, login, docker, platform }: Request,
): Promise<Inquiry> {
  const [info, local] = await Promise.all([engine.info(), localImages(engine, wanted.map(nameOf))]);
  const asked = wanted.filter((one) => mustAsk(one, local.has(nameOf(one))));
  const alive = asked.length === 0 ? [] : live.flatMap((text) => parseReference(text) ?? []);
  const [answers, measured] = await Promise.all([
    askRegistry(engine, asked.map(nameOf), login),
    measureHost(host, docker, {
      folders: [imageFolder(info)],
      images: unique([...asked.map(({ reference }) => reference), ...alive], info, login),
      login: givenLogin(wanted, login),
    }),
  ]);
  const manifest = (reference: ImageReference): ImageManifest | null =>
    manifestIn(measured, askedAs(reference, info).reference, platform);
  return {
    of: (one) => ({
      local: local.get(nameOf(one))?.digests ?? null,
      answer: answers.get(nameOf(one)) ?? null,
      manifest: manifest(one.reference),
    }),
    present: alive.flatMap((reference) => manifest(reference) ?? []),
    room: measured.room[0] ?? null,
  };
}

function nameOf({ reference }: WantedImage): string {
  return formatReference(reference);
}

/** Since Docker 29 containerd usually keeps the images, beside the engine's own folder. */
function imageFolder({ dockerRoot, containerdImages, rootless }: EngineInfo): string {
  return containerdImages && !rootless ? '/var/lib/containerd' : dockerRoot;
}

function unique(
  references: readonly ImageReference[],
  info: EngineInfo,
  login: RegistryLogin,
): readonly AskedImage[] {
  const asked = references.map((one) => ({
    ...askedAs(one, info),
    given: login.given(formatReference(one)) !== undefined,
  }));
  return [...new Map(asked.map((one) => [one.reference, one])).values()];
}

function givenLogin(wanted: readonly WantedImage[], login: RegistryLogin): string | null {
  const auth = wanted.map((one) => login.given(nameOf(one))).find((one) => one !== undefined);
  return auth === undefined ? null : dockerLogin(auth);
}

function manifestIn(
  { manifests }: Measured,
  reference: string,
  platform: Request['platform'],
): ImageManifest | null {
  const text = manifests.get(reference);
  return text === undefined ? null : readManifest(text, platform);
}
