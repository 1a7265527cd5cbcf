import type { Problem } from '../problem';
import {
  escapeDollar,
  unescapeDollar,
  type ComposeConfig,
  type ComposeFile,
  type ComposeService,
} from './compose-config';
import { openFolders, sentCopy, type SentFiles } from './sent-files';

/** A file that a release makes of a text: its path below the release's folder. */
export interface MadeFile {
  readonly path: string;
  readonly content: string;
}

/** The configs and secrets of a slot, all of them files. */
export interface SlotFiles {
  readonly configs: Readonly<Record<string, object>>;
  readonly secrets: Readonly<Record<string, object>>;
  readonly made: readonly MadeFile[];
}

const kinds = ['configs', 'secrets'] as const;
type Kind = (typeof kinds)[number];

/**
 * The configs and secrets that these services use. Compose puts a text into a container when it creates it (2.26) or when it
 * starts it (2.40), and we start containers without Compose: so each text becomes a file of the release.
 */
export function slotFiles(
  compose: ComposeConfig,
  services: readonly ComposeService[],
  { sent, env }: { readonly sent: SentFiles; readonly env: Readonly<Record<string, string>> },
): SlotFiles {
  const made: MadeFile[] = [];
  const files = (kind: Kind): Record<string, object> =>
    Object.fromEntries(
      used(compose, kind, services).map(([key, file]) => {
        const text = textOf(compose, file, env);
        if (text === undefined) {
          const copy = file.file === undefined ? undefined : sentCopy(file.file, sent);
          return [key, copy === undefined ? file : { ...file, file: copy }];
        }
        const path = `${openFolders.made}/${kind}-${key}`;
        made.push({ path, content: text });
        return [key, { name: file.name, file: escapeDollar(`${sent.folder}/${path}`) }];
      }),
    );
  return { configs: files('configs'), secrets: files('secrets'), made };
}

/** What of a released service's configs and secrets cannot be mounted. */
export function fileProblems(
  compose: ComposeConfig,
  services: readonly ComposeService[],
): readonly Problem[] {
  return kinds.flatMap((kind) =>
    used(compose, kind, services)
      .filter(([, { external }]) => external !== undefined && external !== false)
      .map(([key]) => ({
        path: `${kind}.${key}`,
        says: 'is external, and Compose can mount those only in a swarm',
        fix: 'give it a file, or an environment',
      })),
  );
}

function used(
  compose: ComposeConfig,
  kind: Kind,
  services: readonly ComposeService[],
): readonly (readonly [string, ComposeFile])[] {
  const names = new Set(
    services.flatMap((service) => (service[kind] ?? []).map(({ source }) => source)),
  );
  return Object.entries(compose[kind]).filter(([key]) => names.has(key));
}

function textOf(
  compose: ComposeConfig,
  { content, environment }: ComposeFile,
  env: Readonly<Record<string, string>>,
): string | undefined {
  if (content !== undefined) return unescapeDollar(content);
  if (environment === undefined) return undefined;
  const onHost = compose['x-shiplock']?.values[environment];
  return env[environment] ?? (onHost === undefined ? '' : unescapeDollar(onHost));
}
