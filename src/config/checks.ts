import { parseDuration } from '../domain/duration';
import type { MigrationSettings, ServiceSettings } from '../domain/compose/settings';
import type { VerifyCheck } from '../domain/records/plan';
import type { HealthCheck } from '../domain/records/release';
import type { HealthInput, MigrateInput, ServiceInput, VerifyInput } from './schema';

/** Reports a problem at a config path of the merged file. */
export type Report = (path: readonly PropertyKey[], says: string, fix: string) => void;

/** A worker without any check is taken for healthy when it stayed up this long. */
const defaultSettleMs = 5_000;

/** Milliseconds of a text that the schema let through. */
export const milliseconds = (text: string): number => parseDuration(text) ?? 0;

interface Pacing {
  readonly interval: string;
  readonly timeout: string;
  readonly successes: number;
  readonly deadline: string;
}

function pacingOf(input: Pacing, at: readonly PropertyKey[], report: Report) {
  const spans = {
    intervalMs: milliseconds(input.interval),
    timeoutMs: milliseconds(input.timeout),
    deadlineMs: milliseconds(input.deadline),
  };
  for (const [key, ms] of Object.entries(spans)) {
    if (ms > 0) continue;
    report([...at, key.slice(0, -2)], 'is no time at all', 'write a duration above zero');
  }
  if (spans.intervalMs * (input.successes - 1) >= spans.deadlineMs) {
    const says = `is over before ${input.successes} passes in a row can be seen`;
    report([...at, 'deadline'], says, 'make it longer than successes × interval');
  }
  return { ...spans, successes: input.successes };
}

const defaultPacing: Pacing = { interval: '1s', timeout: '5s', successes: 2, deadline: '120s' };

const httpOnly = ['status', 'json', 'port', 'host'] as const;

function settleOf(
  input: HealthInput | undefined,
  { port, deadlineMs }: { readonly port: number | null; readonly deadlineMs: number },
  at: readonly PropertyKey[],
  report: Report,
): number {
  if (input?.settle === undefined) return defaultSettleMs;
  if ((input.path ?? input.command ?? port) !== null) {
    const says = 'is for a worker without any other check';
    report(at, says, 'leave it out, or leave out what else it is asked');
  }
  const settleMs = milliseconds(input.settle);
  if (settleMs >= deadlineMs) {
    report(at, 'is longer than deadline', 'make it shorter, or deadline longer');
  }
  return settleMs;
}

function healthOf(
  input: HealthInput | undefined,
  port: number | null,
  at: readonly PropertyKey[],
  report: Report,
): HealthCheck {
  const pacing = pacingOf(input ?? defaultPacing, at, report);
  if (input?.path !== undefined && input.command !== undefined) {
    report(at, 'has both path and command', 'keep one of them');
  }
  const settleMs = settleOf(
    input,
    { port, deadlineMs: pacing.deadlineMs },
    [...at, 'settle'],
    report,
  );
  if (input?.path === undefined) {
    for (const key of httpOnly.filter((name) => input?.[name] !== undefined)) {
      report([...at, key], 'says something about an HTTP probe, but there is no path', 'add path');
    }
    if (input?.command !== undefined) {
      return { kind: 'command', command: input.command, ...pacing };
    }
    return { kind: 'default', settleMs, ...pacing };
  }
  const probed = input.port ?? port;
  if (probed === null) {
    report([...at, 'port'], 'is missing', 'name the container port of the probe');
  }
  return {
    kind: 'http',
    port: probed ?? 0,
    path: input.path,
    status: input.status ?? 200,
    json: input.json ?? {},
    ...(input.host === undefined ? {} : { host: input.host }),
    ...pacing,
  };
}

/** One entry of `release`. */
export function serviceOf(
  name: string,
  input: ServiceInput | null,
  report: Report,
): ServiceSettings {
  const port = input?.port ?? null;
  const grace = input?.['stop-grace'];
  const overlap = input?.overlap ?? true;
  if (!overlap && port !== null) {
    const says = 'is false for a service with a port: no request could be answered in between';
    report(
      ['release', name, 'overlap'],
      says,
      'leave it out, or give the part that must not run twice a service of its own',
    );
  }
  return {
    name,
    port,
    health: healthOf(input?.health, port, ['release', name, 'health'], report),
    stopGraceMs: grace === undefined ? null : milliseconds(grace),
    ...(overlap ? {} : { overlap }),
  };
}

/** One entry of `verify`. */
export function verifyOf(input: VerifyInput, index: number, report: Report): VerifyCheck {
  if (!URL.canParse(input.url)) {
    report(['verify', index, 'url'], `${JSON.stringify(input.url)} is no URL`, 'correct it');
  }
  const { url, status, json, failures } = input;
  return { url, status, json, failures, ...pacingOf(input, ['verify', index], report) };
}

const argvOf = (command: string | readonly string[]): readonly string[] =>
  typeof command === 'string' ? ['/bin/sh', '-c', command] : command;

/** `migrate`, a text command put behind the shell. */
export function migrationOf(input: MigrateInput): MigrationSettings {
  return {
    service: input.service,
    command: argvOf(input.command),
    version: input.version === undefined ? null : argvOf(input.version),
    timeoutMs: milliseconds(input.timeout),
  };
}
