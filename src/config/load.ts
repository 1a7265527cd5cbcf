import { refusal, type Problem } from '../domain/problem';
import { databasesOf } from './backup';
import { migrationOf, milliseconds, serviceOf, verifyOf, type Report } from './checks';
import type { Config, ConfigOverrides } from './config';
import { chooseEnvironment, mergeEnvironment } from './environment';
import { hostsOf, proxyJumpOf } from './servers';
import { proxyOf, sitesOf } from './proxy';
import { problemsOfIssues, spell } from './issues';
import { configSchema, mergedSchema, type MergedConfig } from './schema';
import { readYaml, type YamlSource } from './yaml-source';

export interface LoadOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** The `environment` input; may be left out when the file defines at most one. */
  readonly environment?: string | undefined;
  readonly overrides?: ConfigOverrides | undefined;
}

/** Reads `shiplock.yml`; throws one refusal with every problem of the file, its config path, its line and its fix. */
export function loadConfig(text: string, options: LoadOptions): Config {
  const { file, environment, overrides = {} } = options;
  const source = readYaml(text);
  if (!('data' in source)) throw refusal(file, source);
  const chosen = chooseEnvironment(source.data, environment);
  const parsed = configSchema.safeParse(source.data ?? {});
  const problems = [
    ...(parsed.success ? [] : problemsOfIssues(parsed.error, source)),
    ...('name' in chosen ? [] : [chosen]),
  ];
  if (problems.length > 0 || !('name' in chosen)) throw refusal(file, problems);
  const data = mergeEnvironment(source.data as Record<string, unknown>, chosen.name);
  const merged = mergedSchema.safeParse(data);
  if (!merged.success) throw refusal(file, problemsOfIssues(merged.error, { ...source, data }));
  return toConfig(merged.data, chosen.name, { file, source, overrides });
}

interface Reading {
  readonly file: string;
  readonly source: YamlSource;
  readonly overrides: ConfigOverrides;
}

function toConfig(merged: MergedConfig, environment: string, reading: Reading): Config {
  const { file, source, overrides } = reading;
  const problems: Problem[] = [];
  const report: Report = (path, says, fix) => {
    const own = ['environments', environment, ...path];
    const line = source.lineOf(source.has(own) ? own : path);
    problems.push({ path: spell(source.has(own) ? own : path), says, fix, line });
  };
  const services = Object.entries(merged.release).map(([name, input]) =>
    serviceOf(name, input, report),
  );
  checkRelease(merged, report);
  const config: Config = {
    app: merged.app,
    environment,
    hosts: hostsOf(merged, environment, overrides, report),
    proxyJump: proxyJumpOf(merged, overrides, report),
    compose: pathsOf(merged.compose),
    files: [...new Set(pathsOf(merged.files))],
    // As Compose labels its containers with it, which are found by it.
    directory: merged.directory?.replace(/(?<=[^/])\/+$/, '') ?? null,
    project: merged.project ?? null,
    services,
    proxy: proxyOf(merged, report),
    sites: sitesOf(merged, report),
    migrate: merged.migrate === undefined ? null : migrationOf(merged.migrate),
    backup: databasesOf(merged.backup, report),
    verify: merged.verify.map((input, index) => verifyOf(input, index, report)),
    bakeMs: overrides.bakeMs ?? milliseconds(merged.bake),
    drainMs: overrides.drainMs ?? milliseconds(merged.drain),
    lingerMs: milliseconds(merged.linger),
    keepOld: overrides.keepOld ?? merged['keep-old'],
    retain: merged.retain,
  };
  if (problems.length > 0) throw refusal(file, problems);
  return config;
}

/** Paths in the repository, `./a//b/` as `a/b`. */
function pathsOf(written: string | readonly string[]): readonly string[] {
  const texts = typeof written === 'string' ? [written] : written;
  return texts.map((text) =>
    text
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/'),
  );
}

function checkRelease({ release, proxy }: MergedConfig, report: Report): void {
  const services = Object.values(release);
  if (services.length === 0) {
    report(['release'], 'names no service', 'list the services that a release replaces');
  } else if (services.every((service) => service?.port === undefined)) {
    const fix = 'give the service that answers requests its container port, e.g. port: 8000';
    report(['release'], 'routes to no service: none has a port', fix);
  }
  if (
    proxy.service !== undefined &&
    proxy.project === undefined &&
    Object.hasOwn(release, proxy.service)
  ) {
    const says = 'is the proxy, which stays in front of both slots';
    report(['release', proxy.service], says, 'take it out of release');
  }
}
