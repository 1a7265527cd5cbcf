import { z } from 'zod';
import { composeConfig } from '../../domain/compose/compose-config';
import { openFolders } from '../../domain/compose/sent-files';
import { parseJson } from '../../domain/json';
import { refusal } from '../../domain/problem';
import type { SlotSettings } from '../../domain/compose/settings';
import { verifyCheck } from '../../domain/records/plan';
import { healthCheck } from '../../domain/records/release';
import { hostPath } from '../../operations/release/release-files';
import type { PackedFile } from '../../platform/tar';
import type { SentFile, Session } from './deploy-tools';
import type { Draft } from './draft-release';

const settings = z.object({
  app: z.string(),
  environment: z.string(),
  services: z.array(
    z.object({
      name: z.string(),
      port: z.number().nullable(),
      health: healthCheck,
      stopGraceMs: z.number().nullable(),
      overlap: z.literal(false).optional(),
    }),
  ),
  migrate: z
    .object({
      service: z.string(),
      command: z.array(z.string()),
      version: z.array(z.string()).nullable(),
      timeoutMs: z.number(),
    })
    .nullable(),
});

/** `releases/<id>/source.json` (0600, it holds secrets): all it takes to make the release again, in whichever slot is idle. */
export const releaseSource = z.object({
  compose: composeConfig,
  settings,
  /** What proved it; absent in records from before this was kept. */
  verify: z.array(verifyCheck).optional(),
  env: z.record(z.string(), z.string()),
  sent: z.array(z.object({ path: z.string(), host: z.string(), hash: z.string() })).default([]),
});
export type ReleaseSource = z.infer<typeof releaseSource>;

/** What of a config decides the shape of a slot, and nothing else of it. */
export function settingsOf({
  app,
  environment,
  services,
  migrate,
}: SlotSettings): ReleaseSource['settings'] {
  return settings.parse({ app, environment, services, migrate });
}

/** The release's folder: its record, the compose file that runs it, and its source. */
export function releaseFiles(draft: Draft, source: ReleaseSource): PackedFile[] {
  return [
    { path: 'release.json', content: `${JSON.stringify(draft.target.release, null, 2)}\n` },
    { path: 'compose.json', content: JSON.stringify(draft.slot.document) },
    { path: 'source.json', content: JSON.stringify(source) },
    ...draft.slot.made,
  ];
}

/** What goes along with a release, below its folder. */
export function sentFiles(sent: readonly SentFile[]): PackedFile[] {
  const all = sent.flatMap(({ files }) => files);
  return [...new Map(all.map((file) => [file.path, file])).values()].map((file) => ({
    ...file,
    path: `${openFolders.sent}/${file.path}`,
  }));
}

/** The evaluated document of a large stack is in it. */
const maxOutputBytes = 64 * 1024 * 1024;

/** Reads the source of a recorded release from the host; refuses when there is none that can be read. */
export async function readSource(
  session: Session,
  base: string,
  id: string,
): Promise<ReleaseSource> {
  const path = `${hostPath.release(base, id)}/source.json`;
  const { code, stdout } = await session.host.exec(['cat', path], { maxOutputBytes });
  const parsed = releaseSource.safeParse(code === 0 ? parseJson(stdout) : undefined);
  if (parsed.success) return parsed.data;
  const fix = `deploy its version instead: without this file ${id} cannot be made again`;
  throw refusal(session.host.name, [{ path, says: 'cannot be read', fix }]);
}
