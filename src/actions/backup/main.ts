import { runAction } from '../../platform/github/run-action';
import { contract } from './contract';
import { run } from './run';

await runAction(contract, { run }, undefined);
