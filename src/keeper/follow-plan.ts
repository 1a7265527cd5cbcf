import type { Outcome } from '../domain/records/journal';
import { removeEndedKeepers } from '../operations/release/prune-releases';
import { recordAdopted, recordOutcome } from '../operations/release/record-outcome';
import { applyRestartPolicy } from '../operations/release/stop-slot';
import { readSlotMarkers } from '../operations/release/switch-traffic';
import { bakeTarget } from './bake';
import { bringWorkers } from './bring-workers';
import { checkEpoch } from './check-epoch';
import { gateTarget } from './gate';
import { outcomeOf } from './journal';
import { StepFailure, Superseded, timesBegun, type Keep } from './keep';
import { retreat } from './retreat';
import { prune, settle } from './settle';
import { stopStrays } from './stop-strays';
import { switchToTarget } from './switch';
import { waitForGo } from './wait-for-go';

const timesBeforeGivingUp = 5;

/** The committed half of a release: from the runner's go to a named end, by itself, also when begun again in the middle. */
export async function followPlan(keep: Keep): Promise<Outcome> {
  const { journal } = keep;
  const ended = outcomeOf(journal);
  if (ended !== undefined) return ended;
  await journal.write('keeper', 'intent', { text: timesBegun(keep) === 0 ? 'started' : 'resumed' });
  const end = await bringToEnd(keep);
  await journal.write('end', 'done', { outcome: end });
  return end;
}

async function bringToEnd(keep: Keep): Promise<Outcome> {
  try {
    await checkEpoch(keep);
    const outcome = await release(keep);
    if (outcome.state === 'GREEN') await prune(keep);
    await removeEndedKeepers(keep).catch(() => undefined);
    const { warnings } = keep;
    const pending = outcome.state === 'GREEN' && warnings.length > 0;
    return { ...outcome, state: pending ? 'GREEN+' : outcome.state, warnings };
  } catch (thrown) {
    if (thrown instanceof Superseded) return superseded(keep, thrown);
    throw thrown;
  }
}

function superseded({ warnings, transcript }: Keep, { message }: Superseded): Outcome {
  return {
    verdict: 'unproven',
    state: 'UNKNOWN',
    reason: message,
    hint: 'This deploy stopped where it was and changed nothing more. What serves is the other deploy to say.',
    warnings,
    logs: [],
    transcript: [...transcript.lines],
  };
}

async function release(keep: Keep): Promise<Outcome> {
  await recordAdopted(keep);
  const outcome = await transact(keep);
  await keep.journal.write('record', 'intent');
  await recordOutcome(
    keep,
    outcome,
    keep.journal.records.findLast(({ step }) => step === 'go')?.facts,
  );
  await keep.journal.write('record', 'done');
  return outcome;
}

async function transact(keep: Keep): Promise<Outcome> {
  try {
    if (await retreating(keep)) throw new StepFailure(lastFailure(keep));
    if (!retiring(keep)) await bringToServe(keep);
    await checkEpoch(keep);
    await settle(keep, switchTime(keep));
  } catch (thrown) {
    if (!(thrown instanceof StepFailure)) throw thrown;
    await checkEpoch(keep);
    return retreat(keep, thrown);
  }
  return {
    verdict: 'deployed',
    state: 'GREEN',
    reason: null,
    hint: null,
    warnings: keep.warnings,
    logs: [],
    transcript: [...keep.transcript.lines],
  };
}

async function bringToServe(keep: Keep): Promise<void> {
  if (timesBegun(keep) > timesBeforeGivingUp) {
    throw new StepFailure(`the keeper had to begin again too often${lastInterruption(keep)}`);
  }
  await stopStrays(keep);
  await waitForGo(keep);
  const warm = await gateTarget(keep);
  if (!warm) await bringWorkers(keep, warm);
  await switchToTarget(keep, warm);
  if (warm) {
    await bringWorkers(keep, warm);
    await applyRestartPolicy(keep, keep.plan.target);
  }
  await bakeTarget(keep, switchTime(keep));
}

/** A verdict against the new version stands, also when the keeper that came to it died before it could act on it. */
async function retreating(keep: Keep): Promise<boolean> {
  const { journal, plan } = keep;
  const verdicts = ['gate', 'workers', 'switch', 'check', 'bake'] as const;
  if (verdicts.some((step) => journal.has(step, 'failed'))) return true;
  if (journal.has('back', 'intent') || journal.has('undo', 'intent')) return true;
  // Traffic that was there and is not any more was on its way back.
  return journal.has('switch', 'done') && (await readSlotMarkers(keep)) !== plan.target.slot;
}

/** From the first hand that is laid on the old version the way is forward only. */
function retiring({ journal }: Keep): boolean {
  return journal.has('stop', 'intent') || journal.has('record', 'intent');
}

function lastInterruption({ journal }: Keep): string {
  const last = journal.records.findLast(
    ({ step, phase, text }) => step === 'keeper' && phase === 'note' && text !== undefined,
  );
  return last === undefined ? '' : ` (last ${last.text ?? ''})`;
}

function lastFailure({ journal }: Keep): string {
  return (
    journal.records.findLast(({ phase }) => phase === 'failed')?.text ??
    'the keeper was on its way back when it was interrupted'
  );
}

/** When the switch was done, in monotonic milliseconds; after a restart the wall clock of the journal has to do. */
function switchTime({ journal, clock }: Keep): number {
  const first = journal.records.find(({ step, phase }) => step === 'switch' && phase === 'done');
  const ago = first === undefined ? 0 : Math.max(0, clock.now() - Date.parse(first.time));
  return clock.monotonic() - ago;
}
