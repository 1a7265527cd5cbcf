/**
 * The process that makes the load: a request every 1000/rate ms, whether or not the earlier ones were answered, so that a stall of the
 * server shows up as late answers to all requests that were due in it.
 */
import http from 'node:http';
import https from 'node:https';
import { sendRequest, type Target } from './request';
import { Tally, type LoadReport } from './tally';

/** What the parent sends; a `mark` closes one report and begins the next. */
export type LoadCommand = { type: 'start'; plan: LoadPlan } | { type: 'mark' } | { type: 'stop' };

/** What the process answers. */
export type LoadMessage = { type: 'started' } | { type: 'report'; report: LoadReport };

/** A rate in requests a second, for at most `limitMs`. */
export interface LoadPlan extends Target {
  rate: number;
  connections: 'new' | 'keep-alive';
  limitMs: number;
}

/**
 * A kept connection is given up by us after two idle seconds, before any server's own idle timeout (5 s and more). So the race that HTTP
 * allows, a server closing an idle connection just as we write on it, cannot be ours: a reset on a kept connection is the server's doing.
 * It is never sent again and counts as a failure. First in, first out keeps all connections in turn and none of them idle for long.
 */
const keptIdleMs = 2_000;

const agentFor = ({ url, host, connections }: LoadPlan): http.Agent => {
  const kept = { keepAlive: true, scheduling: 'fifo', timeout: keptIdleMs, maxFreeSockets: 1024 };
  const options = (connections === 'new' ? { keepAlive: false } : kept) as http.AgentOptions;
  if (!url.startsWith('https:')) return new http.Agent(options);
  // The certificates of test servers are their own; a session that is taken up again would spare new connections their work.
  const name = host === undefined ? {} : { servername: host };
  return new https.Agent({ ...options, ...name, rejectUnauthorized: false, maxCachedSessions: 0 });
};

const now = (): number => performance.timeOrigin + performance.now();
const reply = (message: LoadMessage): void => void process.send?.(message);

const run = (plan: LoadPlan): { mark: () => LoadReport; stop: () => Promise<LoadReport> } => {
  const agent = agentFor(plan);
  const open = new Set<Promise<void>>();
  const startedAt = now();
  const dueAt = (index: number): number => startedAt + (index * 1000) / plan.rate;
  let tally = new Tally(now);
  let next = 0;

  const send = (due: number): void => {
    tally.noteDelay(now() - due);
    const done = sendRequest(plan, agent).then((outcome) => {
      open.delete(done);
      tally.note(outcome, due);
    });
    open.add(done);
  };
  const timer = setInterval(() => {
    if (now() - startedAt > plan.limitMs) clearInterval(timer);
    else while (dueAt(next) <= now()) send(dueAt(next++));
  }, 1);

  const mark = (): LoadReport => {
    const report = tally.report();
    tally = new Tally(now);
    return report;
  };
  const stop = async (): Promise<LoadReport> => {
    clearInterval(timer);
    await Promise.all(open);
    agent.destroy();
    return tally.report();
  };
  return { mark, stop };
};

let running: ReturnType<typeof run> | undefined;

const obey = async (command: LoadCommand): Promise<void> => {
  if (command.type === 'start') {
    running = run(command.plan);
    reply({ type: 'started' });
    return;
  }
  if (running === undefined) throw new Error('the load was not started');
  const report = command.type === 'mark' ? running.mark() : await running.stop();
  reply({ type: 'report', report });
};

process.on('message', (command: LoadCommand) => void obey(command));
process.on('disconnect', () => process.exit()); // a parent that died leaves no load behind
