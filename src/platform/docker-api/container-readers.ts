import { z } from 'zod';
import { count, flag, listOf, mapOf, text, textMap, texts } from './readers';
import type { ContainerDetails, ContainerNetwork, ContainerState, ContainerSummary } from './types';

const withoutSlash = (name: string): string => name.replace(/^\//, '');

/** One element of GET /containers/json. */
export const ContainerSummaryReader = z
  .object({
    Id: z.string(),
    Names: texts,
    Image: text,
    ImageID: text,
    Labels: textMap,
    State: text,
    Status: text,
    NetworkSettings: z.object({ Networks: mapOf(z.object({ IPAddress: text })) }).nullish(),
  })
  .transform((answer): ContainerSummary => ({
    id: answer.Id,
    names: answer.Names.map(withoutSlash),
    image: answer.Image,
    imageId: answer.ImageID,
    labels: answer.Labels,
    state: answer.State,
    status: answer.Status,
    networks: Object.fromEntries(
      Object.entries(answer.NetworkSettings?.Networks ?? {}).map(([name, network]) => [
        name,
        network.IPAddress,
      ]),
    ),
  }));

const HealthEntryReader = z
  .object({ Start: text, End: text, ExitCode: count, Output: text })
  .transform((entry) => ({
    start: entry.Start,
    end: entry.End,
    exitCode: entry.ExitCode,
    output: entry.Output,
  }));

const StateReader = z
  .object({
    Status: text,
    Running: flag,
    Pid: count,
    ExitCode: count,
    Error: text,
    OOMKilled: flag,
    StartedAt: text,
    FinishedAt: text,
    Health: z
      .object({ Status: text, FailingStreak: count, Log: listOf(HealthEntryReader) })
      .nullish(),
  })
  .transform(({ Health: health, ...state }): ContainerState => ({
    status: state.Status,
    running: state.Running,
    pid: state.Pid,
    exitCode: state.ExitCode,
    error: state.Error,
    oomKilled: state.OOMKilled,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    // A check that the container switched off is reported with the status "none".
    health:
      health && health.Status !== 'none' && health.Status !== ''
        ? { status: health.Status, failingStreak: health.FailingStreak, log: health.Log }
        : undefined,
  }));

const MountReader = z
  .object({ Type: text, Name: text, Source: text, Destination: text, RW: flag })
  .transform((mount) => ({
    type: mount.Type,
    name: mount.Name,
    source: mount.Source,
    destination: mount.Destination,
    readOnly: !mount.RW,
  }));

const NetworkReader = z
  .object({
    NetworkID: text,
    IPAddress: text,
    GlobalIPv6Address: text,
    Gateway: text,
    Aliases: texts,
  })
  .transform((network): ContainerNetwork => ({
    networkId: network.NetworkID,
    ipAddress: network.IPAddress,
    ipv6Address: network.GlobalIPv6Address,
    gateway: network.Gateway,
    aliases: network.Aliases,
  }));

const PortReader = z
  .object({ HostIp: text, HostPort: text })
  .transform((port) => ({ hostIp: port.HostIp, hostPort: Number(port.HostPort) }));

const ConfigReader = z.object({
  Image: text,
  Labels: textMap,
  Env: texts,
  User: text,
  Tty: flag,
  StopSignal: text,
  StopTimeout: z.number().nullish(),
  Healthcheck: z.object({ Test: texts }).nullish(),
});

const HostConfigReader = z.object({
  NetworkMode: text,
  RestartPolicy: z.object({ Name: text, MaximumRetryCount: count }).nullish(),
});

/** The answer of GET /containers/{id}/json. */
export const ContainerDetailsReader = z
  .object({
    Id: z.string(),
    Name: text,
    Image: text,
    Created: text,
    RestartCount: count,
    State: StateReader,
    Config: ConfigReader,
    HostConfig: HostConfigReader,
    Mounts: listOf(MountReader),
    NetworkSettings: z.object({ Networks: mapOf(NetworkReader), Ports: mapOf(listOf(PortReader)) }),
  })
  .transform(({ Config: config, HostConfig: hostConfig, ...answer }): ContainerDetails => ({
    id: answer.Id,
    name: withoutSlash(answer.Name),
    imageId: answer.Image,
    image: config.Image,
    created: answer.Created,
    state: answer.State,
    restartCount: answer.RestartCount,
    restartPolicy: {
      // A container that was given no policy has the empty name.
      name: hostConfig.RestartPolicy?.Name || 'no',
      maximumRetryCount: hostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    labels: config.Labels,
    environment: config.Env,
    user: config.User,
    tty: config.Tty,
    stopSignal: config.StopSignal,
    stopTimeoutSeconds: config.StopTimeout ?? undefined,
    hasHealthCheck: isHealthCheck(config.Healthcheck?.Test),
    networkMode: hostConfig.NetworkMode,
    mounts: answer.Mounts,
    networks: answer.NetworkSettings.Networks,
    ports: answer.NetworkSettings.Ports,
  }));

/** `NONE` switches off the check that the image came with. */
export function isHealthCheck(test: readonly string[] | undefined): boolean {
  return test !== undefined && test.length > 0 && test[0] !== 'NONE';
}
