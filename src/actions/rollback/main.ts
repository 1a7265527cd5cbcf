import { runAction } from '../../platform/github/run-action';
import { reportKeeper } from '../../wiring/report-keeper';
import { contract } from './contract';
import { run } from './run';

await runAction(contract, { run, post: reportKeeper }, undefined);
