import type { DatabaseSettings } from '../domain/backup/database';
import type { SlotSettings } from '../domain/compose/settings';
import type { Site } from '../domain/proxy/site';
import type { ProxySettings } from '../domain/proxy/settings';
import type { VerifyCheck } from '../domain/records/plan';
import type { HostAddress } from './host-address';

/** `shiplock.yml` for one environment, with the inputs laid over it and every default filled in. */
export interface Config extends SlotSettings {
  readonly hosts: readonly HostAddress[];
  /** The servers to go through on the way to each host, the first one first; all have a user. */
  readonly proxyJump: readonly HostAddress[];
  /** Paths in the checkout. */
  readonly compose: readonly string[];
  /** Paths in the checkout that go along with a release. */
  readonly files: readonly string[];
  /** Absolute path on the host; null = the folder of the stack that runs there. */
  readonly directory: string | null;
  /** Compose project of the shared services; null = the one of the stack that runs there. */
  readonly project: string | null;
  readonly proxy: ProxySettings;
  /** What the managed proxy sends to each service; empty for other proxies. */
  readonly sites: Readonly<Record<string, readonly Site[]>>;
  /** What is backed up before a release. */
  readonly backup: readonly DatabaseSettings[];
  readonly verify: readonly VerifyCheck[];
  readonly bakeMs: number;
  readonly drainMs: number;
  /** The old slot is never stopped sooner than this after the switch. */
  readonly lingerMs: number;
  readonly keepOld: 'stopped' | 'running';
  readonly retain: number;
}

/** Inputs that win over the file. */
export interface ConfigOverrides {
  /** `[user@]host[:port]` each; an empty list counts as not given. */
  readonly hosts?: readonly string[] | undefined;
  /** `user@host[:port]`, several with commas between, or `none`. */
  readonly proxyJump?: string | undefined;
  readonly bakeMs?: number | undefined;
  readonly drainMs?: number | undefined;
  readonly keepOld?: 'stopped' | 'running' | undefined;
}
