import { setTimeout as sleep } from 'node:timers/promises';
import { defineAction } from '../../src/contract/define-action';
import {
  assignments,
  choice,
  duration,
  lines,
  secret,
  text,
} from '../../src/contract/input-fields';
import { choiceOutput, textOutput } from '../../src/contract/output-fields';
import { ShiplockError } from '../../src/errors';
import { runAction, type ActionContext } from '../../src/platform/github/run-action';

const contract = defineAction({
  name: 'sample',
  title: 'Sample action',
  description: 'Does what its input says, to show how an action ends.',
  permissions: [],
  inputs: {
    ending: text('How to end.', { required: true }),
    speed: choice(['slow', 'fast'], 'Speed.', { default: 'slow' }),
    bake: duration('Bake.'),
    hosts: lines('Hosts.'),
    key: secret('Key.'),
    env: assignments('Environment.'),
  },
  outputs: {
    verdict: choiceOutput(['deployed', 'failed', 'unproven', 'refused'], 'Verdict.'),
    release: textOutput('Release.'),
  },
  rules: [],
});

type Context = ActionContext<typeof contract.inputs>;
type Result = Awaited<
  ReturnType<
    Parameters<typeof runAction<typeof contract.inputs, typeof contract.outputs, null>>[1]['run']
  >
>;

const deployed: Result = {
  outputs: { verdict: 'deployed', release: '7-v1' },
  summary: '## all good',
  exitCode: 0,
};

const endings: Readonly<Record<string, (context: Context) => Result | Promise<Result>>> = {
  deployed: ({ log, state, inputs }) => {
    state.save('left', 'by main');
    log.line(`bake ${String(inputs.bake)} hosts ${inputs.hosts.join('+')}`);
    return deployed;
  },
  unproven: () => ({ ...deployed, outputs: { verdict: 'unproven' }, exitCode: 2 }),
  failed: () => {
    const cause = new Error('no route', { cause: new Error('cable') });
    throw new ShiplockError('The pull failed', { fault: 'remote', hint: 'Look there.', cause });
  },
  bug: () => {
    throw new TypeError('x is not a function');
  },
  'broken-outputs': () => ({ ...deployed, outputs: { verdict: 'deployed', release: 'a\nb' } }),
  leaking: ({ log, inputs }) => {
    const all = `${String(inputs.key)} ${[...inputs.env.values()].join(' ')}`;
    const coded = Buffer.from(`user:${String(inputs.key)}`).toString('base64');
    log.line(`${all} ${encodeURIComponent(all)} ${coded}`);
    log.warning(all);
    const release = all.replaceAll('\n', ' ');
    return { outputs: { release }, summary: `${all}\n${coded}`, exitCode: 0 };
  },
  'leaking-error': ({ inputs }) => {
    const cause = new Error(`cause ${String(inputs.key)}`);
    throw new ShiplockError(`error ${String(inputs.key)}`, { fault: 'bug', cause });
  },
  remote: ({ log }) => {
    const phase = log.phase('pull');
    phase.line(
      '::add-mask::deployed\r::set-output name=verdict::x\n  ::warning::w\n##[add-mask]y\u001b[31m!',
    );
    phase.done('3 images');
    log.warning('::error::e\n::notice::n');
    return deployed;
  },
  stray: async () => {
    void Promise.reject(new Error('nobody waits for this'));
    await sleep(20);
    return deployed;
  },
  'open-handle': () => {
    setInterval(() => undefined, 60_000);
    return deployed;
  },
  hang: () => new Promise<Result>(() => undefined),
  'wait-for-timer': async ({ log, signal }) => {
    log.line('waiting');
    await sleep(60_000, undefined, { signal });
    return deployed;
  },
  wait: async ({ log, signal }) => {
    log.line('waiting');
    const held = setInterval(() => undefined, 1000);
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    await sleep(50);
    clearInterval(held);
    log.line('undone');
    throw signal.reason as Error;
  },
};

function post({ log, state }: Context): Promise<void> {
  log.line(`post was left ${state.get('left')}`);
  return Promise.resolve();
}

async function run(context: Context): Promise<Result> {
  const ending = endings[context.inputs.ending];
  if (ending === undefined) throw new Error(`no ending ${context.inputs.ending}`);
  return await ending(context);
}

await runAction(contract, { run, post }, null);
