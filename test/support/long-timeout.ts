import { jest } from '@jest/globals';

// Suites with real servers build images and wait for bakes; their own deadlines are the tight ones.
jest.setTimeout(600_000);
