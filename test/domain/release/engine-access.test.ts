import { expect, test } from '@jest/globals';
import {
  engineSocket,
  fileOwner,
  keeperUser,
  type EngineLook,
} from '../../../src/domain/release/engine-access';

const look: EngineLook = { uid: 1000, gid: 100, endpoint: '', socketGid: 998 };
const own = { uid: 1000, gid: 100 };
const root = { uid: 0, gid: 0 };

test.each([
  ['a user in the socket’s group', look, false, '1000:998', own],
  ['root', { ...look, ...root }, false, '0:0', root],
  ['no socket where it is expected', { ...look, socketGid: null }, false, '0:0', own],
  ['a rootless engine, in which the user is root', look, true, '0:0', root],
])('%s', (_, seen, rootless, user, owner) => {
  expect(keeperUser(seen, rootless)).toBe(user);
  expect(fileOwner(seen, rootless)).toEqual(owner);
});

test.each([
  ['unix:///run/user/1000/docker.sock', '/run/user/1000/docker.sock'],
  ['', '/var/run/docker.sock'],
])('the socket of %j is %s', (endpoint, socket) => {
  expect(engineSocket(endpoint)).toBe(socket);
});
