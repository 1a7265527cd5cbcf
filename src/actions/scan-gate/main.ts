import { runAction } from '../../platform/run-action';
import { contract } from './contract';
import { run } from './run';

await runAction(contract, { run }, undefined);
