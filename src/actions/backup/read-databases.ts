import type { InputsOf } from '../../contract/define-action';
import type { copyInputs, databaseInputs, proofInputs } from '../../contract/backup-fields';
import { refusal } from '../../domain/problem';

type Inputs = InputsOf<typeof databaseInputs & typeof proofInputs & typeof copyInputs>;

const described = [
  'service',
  'database',
  'path',
  'url-env',
  'user',
  'scratch-image',
  'command',
  'verify-command',
] as const;

/** The inputs in the words of `backup:` in shiplock.yml: one database, and what is laid over all of them. */
export function readDatabases(inputs: Inputs): {
  readonly database: Readonly<Record<string, unknown>> | null;
  readonly over: Readonly<Record<string, unknown>>;
} {
  const own = Object.fromEntries(
    described.flatMap((name) => (isGiven(inputs[name]) ? [[name, inputs[name]]] : [])),
  );
  if (inputs.engine === undefined && Object.keys(own).length > 0) {
    const says = `is missing, but ${Object.keys(own).join(', ')} ${Object.keys(own).length === 1 ? 'is' : 'are'} given`;
    const fix = 'say what it is, such as postgres, or leave the others out: then the file counts';
    throw refusal('the inputs of this step', [{ path: 'input engine', says, fix }]);
  }
  const { keep, 'keep-days': days } = inputs;
  const over = {
    verify: inputs.verify,
    'verify-limit': inputs['verify-limit'],
    keep: keep === undefined ? undefined : keepOf(keep),
    'keep-days': days === undefined ? undefined : Number(days),
    'allow-empty': inputs['allow-empty'],
    'allow-shrink': inputs['allow-shrink'],
    'encrypt-to': inputs['encrypt-to'].length > 0 ? inputs['encrypt-to'] : undefined,
    's3-url': inputs['s3-url'],
    'restic-repository': inputs['restic-repository'],
  };
  return {
    database: inputs.engine === undefined ? null : { engine: inputs.engine, ...own },
    over: Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined)),
  };
}

const isGiven = (value: string | readonly string[] | undefined): boolean =>
  value !== undefined && value.length > 0;

function keepOf(text: string): unknown {
  if (/^\d+$/.test(text)) return Number(text);
  const pairs = text.split(',').map((pair) => pair.trim().split('='));
  return Object.fromEntries(pairs.map(([name = '', count]) => [name, Number(count)]));
}
