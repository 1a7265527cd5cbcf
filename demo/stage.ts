import { randomBytes } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEnvironment } from '../test/support/environment';
import { loginInputs } from '../test/support/login-inputs';
import { buildSampleImages, sampleFolder, type SampleVersion } from '../test/support/sample-app';
import { installSampleStack } from '../test/support/sample-app-stack';
import { versions } from './steps';

/** A server, the images in a registry, and a checkout of the repository that is released from. */
export interface Stage {
  readonly origin: string;
  readonly host: string;
  readonly workspace: string;
  readonly images: Readonly<Record<string, SampleVersion>>;
  /** Inputs that every step of the workflow has, with secrets among them. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  /** Removes the server. */
  close(): Promise<void>;
}

const shared = ['postgres:17', 'redis:8', 'nginx:1.26'];

/** Puts a checkout into the empty folder `workspace`, and brings up a server with sshd and Docker on it, and what a team keeps there: `.env` and nginx's configuration. */
export async function setStage(workspace: string): Promise<Stage> {
  const environment = await startEnvironment();
  const close = (): Promise<void> => environment.stop();
  try {
    const images = await buildSampleImages({ versions });
    const server = await environment.startServer({
      name: 'demo',
      images: [
        environment.keeperImage,
        ...shared.map((image) => `${environment.parts.registry}/shiplock-sample/${image}`),
      ],
    });
    await installSampleStack(server);
    checkOut(workspace);
    const token = randomBytes(16).toString('hex');
    return {
      origin: `http://127.0.0.1:${server.httpPort}`,
      host: 'sample.test',
      workspace,
      images,
      inputs: {
        ...(await loginInputs(environment, server)),
        env: `DEMO_TOKEN=${token}`,
      },
      secrets: [server.privateKey, token],
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** What actions/checkout leaves: the compose file and shiplock.yml. */
function checkOut(workspace: string): void {
  copyFileSync(join(sampleFolder, 'docker-compose.yml'), join(workspace, 'docker-compose.yml'));
  copyFileSync(
    fileURLToPath(new URL('shiplock.yml', import.meta.url)),
    join(workspace, 'shiplock.yml'),
  );
}
