import { runAction } from '../../platform/run-action';
import { contract } from './contract';
import { post, run } from './run';

await runAction(contract, { run, post }, undefined);
