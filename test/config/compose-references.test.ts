import { expect, test } from '@jest/globals';
import { composeReferences } from '../../src/config/compose-references';

const none = { includes: [], extended: [], data: [], variables: [] };

test('what Compose reads beside a file, in every form that it may be written', () => {
  const file = `
include:
  - infra/db.yml
  - path: [a.yml, b.yml]
    project_directory: ./sub
    env_file: [sub.env]
services:
  web:
    extends: { file: base/common.yml, service: common }
    env_file: [app.env, { path: other.env, required: false }]
    label_file: app.labels
  worker: { extends: { service: web }, env_file: app.env }
  odd: !reset null
configs: { motd: { environment: MOTD }, file: { file: x } }
secrets: { token: { environment: TOKEN } }
`;
  expect(composeReferences(file)).toEqual({
    includes: [{ paths: ['infra/db.yml'] }, { paths: ['a.yml', 'b.yml'], base: './sub' }],
    extended: ['base/common.yml'],
    data: ['app.env', 'other.env', 'app.labels', 'app.env', 'sub.env'],
    variables: ['MOTD', 'TOKEN'],
  });
});

test('anchors, merges and as many aliases as one likes', () => {
  const aliases = Array.from({ length: 500 }, (_, index) => `  s${index}: { <<: *base }`).join(
    '\n',
  );
  const file = `x-base: &base { env_file: app.env }\nservices:\n${aliases}\n`;
  expect(new Set(composeReferences(file).data)).toEqual(new Set(['app.env']));
});

test.each(['', 'include: [', 'services: [extends]', '- include', 'secrets: text'])(
  'what is no compose file refers to nothing, and Compose says why: %j',
  (file) => {
    expect(composeReferences(file)).toEqual(none);
  },
);
