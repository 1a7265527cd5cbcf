import { RemoteFailure } from '../../../src/errors';
import type { Engine } from '../../../src/platform/docker-api/docker-api';
import type { Clock } from '../../../src/platform/clock';
import type { Files } from '../../../src/platform/files';
import type { Probe } from '../../../src/platform/http-probe';
import { scriptedClock, type ScriptedClock } from './clock';
import { scriptedEngine } from './engine';
import { scriptedFiles } from './files';
import { scriptedProbe } from './probe';
import type { Enter, Scene, WorldState } from './state';

/** One call of a process to the outside. */
export interface Call {
  readonly what: string;
  readonly changes: boolean;
}

/** What one run of a program sees of the world; after `end` none of its calls comes back, as when it was killed. */
export interface ScriptedProcess {
  /** For stand-ins of its other calls. */
  readonly enter: Enter;
  readonly engine: Engine;
  readonly files: Files;
  readonly probe: Probe;
  readonly clock: Clock;
  end(): void;
  /** Its connection is lost: every call fails from now on. */
  cut(): void;
}

/** A stand-in for a server: containers, files, a proxy that answers by its marker files, and a clock that is driven. */
export class ScriptedWorld implements Scene {
  readonly clock: ScriptedClock;
  /** Called before each call; may throw, or wait, in its place. */
  onCall: (call: Call) => void | Promise<void> = () => undefined;
  /** Called after each change, with what was done. */
  onChange: (what: string) => void = () => undefined;

  readonly changed = (what: string): void => {
    this.onChange(what);
  };

  constructor(readonly state: WorldState) {
    this.clock = scriptedClock(state.nowMs);
  }

  /** The server as it is now, to be gone on with elsewhere. */
  copy(): WorldState {
    return structuredClone({ ...this.state, nowMs: this.clock.now() });
  }

  /** Starts a program in this world. */
  process(): ScriptedProcess {
    const is = { over: false, lost: false };
    const never = new Promise<never>(() => undefined);
    const alive = async (): Promise<void> => {
      if (is.over) await never;
      if (is.lost) throw new RemoteFailure('lost', 'the connection was lost');
    };
    const enter: Enter = async (what, changes = false) => {
      await alive();
      await this.onCall({ what, changes });
      await alive();
    };
    const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
      await this.clock.sleep(ms, signal);
      if (is.over) await never;
    };
    return {
      engine: scriptedEngine(this, enter),
      files: scriptedFiles(this, enter),
      probe: scriptedProbe(this, enter),
      clock: { ...this.clock, sleep },
      end: () => void (is.over = true),
      cut: () => void (is.lost = true),
      enter,
    };
  }
}
