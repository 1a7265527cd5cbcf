import { judgeAnswer } from '../../domain/health/judge-answer';
import type { HealthCheck } from '../../domain/records/release';
import type { ContainerDetails } from '../../platform/docker-api/types';
import type { Replica } from './find-replicas';
import type { World } from './world';

/** One answer of one replica; `dead` = it does not run and will not come back by itself. */
export interface ReplicaAnswer {
  readonly ok: boolean;
  readonly dead: boolean;
  readonly said: string;
}

type Check<K extends HealthCheck['kind']> = Extract<HealthCheck, { kind: K }>;

/** Asks a replica once whether it is ready, in the way its release says. */
export async function askReplica(world: World, replica: Replica): Promise<ReplicaAnswer> {
  const details = await world.engine.inspectContainer(replica.id);
  const stopped = whyStopped(details);
  if (stopped !== null) return { ok: false, dead: true, said: stopped };
  // Docker calls it running all the while, and its last start may be long ago.
  if (details.state.status === 'restarting')
    return alive({ ok: false, said: `restarting after exit code ${details.state.exitCode}` });
  const { health } = replica.service;
  switch (health.kind) {
    case 'http':
      return alive(await askHttp(world, addressOf(details), health));
    case 'command':
      return alive(await askCommand(world, replica.id, health));
    case 'default':
      return alive(await askDefault(world, replica, details, health));
  }
}

/** The address at which the host reaches a container, '' when it has none of its own. */
export function addressOf(details: ContainerDetails): string {
  if (details.networkMode === 'host') return '127.0.0.1';
  return Object.values(details.networks).find(({ ipAddress }) => ipAddress !== '')?.ipAddress ?? '';
}

function whyStopped({ state }: ContainerDetails): string | null {
  if (state.running || state.status === 'restarting') return null;
  if (state.status === 'created') return 'was never started';
  const cause = state.oomKilled
    ? ' (out of memory)'
    : state.error === ''
      ? ''
      : ` (${state.error})`;
  return `${state.status} with code ${state.exitCode}${cause}`;
}

function alive(answer: { ok: boolean; said: string }): ReplicaAnswer {
  return { ...answer, dead: false };
}

async function askHttp(
  world: World,
  address: string,
  check: Check<'http'>,
): Promise<{ ok: boolean; said: string }> {
  const answer = await world.probe({
    url: `http://${check.host ?? address}:${check.port}${check.path}`,
    connectTo: { host: address, port: check.port },
    timeoutMs: check.timeoutMs,
  });
  return answer.kind === 'answer'
    ? judgeAnswer(answer, check)
    : { ok: false, said: answer.message };
}

async function askCommand(
  world: World,
  id: string,
  check: Check<'command'>,
): Promise<{ ok: boolean; said: string }> {
  const result = await world.engine.exec(id, ['/bin/sh', '-c', check.command], {
    timeoutMs: check.timeoutMs,
    maxOutputBytes: 4096,
  });
  const output = (result.stdout + result.stderr).trim().split('\n').at(-1) ?? '';
  return { ok: result.code === 0, said: `exit ${result.code} ${output}`.trim().slice(0, 200) };
}

async function askDefault(
  world: World,
  replica: Replica,
  details: ContainerDetails,
  check: Check<'default'>,
): Promise<{ ok: boolean; said: string }> {
  const { health } = details.state;
  if (health !== undefined && health.status !== 'none') {
    const output = health.log.at(-1)?.output.trim().split('\n').at(-1) ?? '';
    return {
      ok: health.status === 'healthy',
      said: `${health.status} ${output}`.trim().slice(0, 200),
    };
  }
  const { port } = replica.service;
  if (port !== undefined) {
    const address = addressOf(details);
    const answer = await world.probe({
      url: `http://${address}:${port}/`,
      timeoutMs: check.timeoutMs,
    });
    return answer.kind === 'answer'
      ? { ok: true, said: `HTTP ${answer.status}` }
      : { ok: false, said: answer.message };
  }
  const upMs = world.clock.now() - Date.parse(details.state.startedAt);
  return { ok: upMs >= check.settleMs, said: `up for ${Math.round(upMs / 1000)} s` };
}
