import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { greeting } from './greeting.mjs';

test('greets by name', () => equal(greeting('ship'), 'Hello, ship'));
