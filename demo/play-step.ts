import { fileURLToPath } from 'node:url';
import { runAction, type RunHandle, type RunResult } from '../test/support/runner/runner';
import type { Stage } from './stage';
import type { DemoStep } from './steps';

const actions = fileURLToPath(new URL('../actions/', import.meta.url));

/** Starts the step's action as GitHub's runner does, on the files below `dist/`. */
export function startStep(
  stage: Stage,
  step: DemoStep,
  number: number,
  onLine: (line: string) => void,
): RunHandle {
  const images = stage.images[step.name];
  const release =
    images === undefined ? {} : { version: step.name, images: `${images.app}\n${images.frontend}` };
  return runAction({
    action: `${actions}${step.action}`,
    workspace: stage.workspace,
    runId: String(1000 + number),
    ref: step.action === 'deploy' ? `refs/tags/${step.name}` : 'refs/heads/main',
    event: { name: step.action === 'deploy' ? 'push' : 'workflow_dispatch' },
    inputs: { ...stage.inputs, ...release },
    secrets: stage.secrets,
    onLine,
  });
}

/** The verdict that a run left; an action that broke down leaves none. */
export function verdictOf({ outputs }: RunResult): string {
  return outputs['verdict'] ?? '';
}
