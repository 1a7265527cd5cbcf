import { workLabelOf } from './end-work';

/** A container that does one thing and is gone. */
export interface ThrowAway {
  readonly docker: readonly string[];
  readonly image: string;
  /** Sees the volumes of this container, at the same places. */
  readonly volumesFrom?: string | undefined;
  /** Folders of the host by where it sees them; one that is not there is not made. */
  readonly mounts?: Readonly<
    Record<string, { readonly source: string; readonly readOnly: boolean }>
  >;
  readonly environment?: readonly string[];
  readonly capabilities?: readonly string[];
  /** The backup that it works for, which ends it when it is given up; none = nobody does. */
  readonly mark?: string | undefined;
}

/** To read files of anybody and to give away what it makes; nothing else. */
const usual = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'];

/** Its argv: without network, as root with hardly a right, stdin goes along. */
export function throwAwayArgv(setting: ThrowAway, words: readonly string[]): readonly string[] {
  const {
    docker,
    image,
    volumesFrom,
    mounts = {},
    environment = [],
    capabilities = usual,
    mark,
  } = setting;
  const [program = '', ...rest] = words;
  return [
    ...docker,
    ...['run', '--rm', '-i', '--network', 'none', '--user', '0:0', '--log-driver', 'none'],
    ...(mark === undefined ? [] : ['--label', workLabelOf(mark)]),
    ...['--security-opt', 'no-new-privileges', '--security-opt', 'label=disable'],
    ...['--cap-drop', 'ALL', ...capabilities.flatMap((one) => ['--cap-add', one])],
    ...['LC_ALL=C', ...environment].flatMap((one) => ['--env', one]),
    ...(volumesFrom === undefined ? [] : ['--volumes-from', volumesFrom]),
    ...Object.entries(mounts).flatMap(([target, { source, readOnly }]) => [
      '--mount',
      mountOption([
        'type=bind',
        `source=${source}`,
        `target=${target}`,
        ...(readOnly ? ['readonly'] : []),
      ]),
    ]),
    ...['--entrypoint', program, image, ...rest],
  ];
}

/** Docker reads the option as a line of CSV. */
const mountOption = (fields: readonly string[]): string =>
  fields
    .map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
