/**
 * `bin/demo [--json]`: the sample app is released to a real server, by the actions as they are built and as GitHub starts them. Every
 * step says what it must come to; the exit code is 0 only if each came to just that.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { summaryPage } from '../scripts/summary-page';
import { judgeStep } from './judge-step';
import { startStep, verdictOf } from './play-step';
import { json, table, type PlayedStep } from './show';
import { setStage, type Stage } from './stage';
import { steps, type DemoStep } from './steps';
import { firstAnswer, startTraffic, type Traffic } from './traffic';

const begun = performance.now();
const interrupted = new AbortController();
const pages = mkdtempSync(join(tmpdir(), 'shiplock-demo-'));
const workspace = mkdtempSync(join(tmpdir(), 'shiplock-demo-checkout-'));

function say(text: string): void {
  const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(6);
  for (const line of text.split('\n')) process.stdout.write(`${seconds}  ${line}\n`);
}

/** What is under way, so that it can be ended from outside. */
const running: { stage?: Stage; traffic?: Traffic; end?: () => Promise<unknown> } = {};

async function play(stage: Stage, step: DemoStep, number: number): Promise<PlayedStep> {
  say(`\n── ${step.name}: ${step.tells}`);
  const run = startStep(stage, step, number, (line) => say(`   ${line}`));
  const over = new AbortController();
  const ended = run.done.finally(() => over.abort());
  running.end = () => {
    run.kill();
    return ended.catch(() => undefined);
  };
  ended.catch(() => undefined);
  if (running.traffic === undefined && (await firstAnswer(stage.origin, stage.host, over.signal))) {
    running.traffic = await startTraffic(stage.origin, stage.host);
    say('   (the app answers: visitors come in from here on)');
  }
  const result = await ended;
  interrupted.signal.throwIfAborted();
  delete running.end;
  if (running.traffic === undefined) throw new Error(`${step.name} ended before the app answered`);
  const last = number === steps.length;
  const traffic = await (last ? running.traffic.stop() : running.traffic.mark());
  writeFileSync(
    join(pages, `${number}-${step.name}.html`),
    summaryPage(result.summary, `Demo: ${step.name}`),
  );
  const { exitCode, durationMs } = result;
  const played = { verdict: verdictOf(result), exitCode, durationMs, traffic };
  const problems = judgeStep(step.expected, played);
  for (const problem of problems) say(`   ✗ NOT AS EXPECTED: ${problem}`);
  return { step, played, problems };
}

async function perform(): Promise<boolean> {
  say('setting the stage: registry, images, a server with sshd and Docker');
  const stage = await setStage(workspace);
  running.stage = stage;
  interrupted.signal.throwIfAborted();
  say(`the server is up; the app will answer on ${stage.origin}`);
  const played: PlayedStep[] = [];
  for (const step of steps) {
    interrupted.signal.throwIfAborted();
    played.push(await play(stage, step, played.length + 1));
  }
  const ok = played.every(({ problems }) => problems.length === 0);
  process.stdout.write(`\n${table(played)}\n\njob summaries, as GitHub shows them:\n`);
  for (const [index, { step }] of played.entries())
    process.stdout.write(`  ${join(pages, `${index + 1}-${step.name}.html`)}\n`);
  const total = Math.round((performance.now() - begun) / 1000);
  process.stdout.write(
    `\n${ok ? 'Every expectation held' : 'NOT every expectation held'}; ${total} s with the setting up.\n`,
  );
  if (process.argv.includes('--json')) process.stdout.write(`${json(played, ok)}\n`);
  return ok;
}

async function strike(): Promise<void> {
  await running.end?.();
  await running.stage?.close();
  const leftOver = readdirSync(pages).length === 0 ? [workspace, pages] : [workspace];
  for (const folder of leftOver) rmSync(folder, { recursive: true, force: true });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort(new Error(`ended by ${signal}`)));
}
const stopped = new Promise<never>((_, reject) => {
  interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason as Error));
});

try {
  process.exitCode = (await Promise.race([perform(), stopped])) ? 0 : 1;
} catch (thrown) {
  process.stderr.write(`the demo was not finished: ${String(thrown)}\n`);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
} finally {
  await strike();
  // Load processes leave with this one.
  process.exit();
}
