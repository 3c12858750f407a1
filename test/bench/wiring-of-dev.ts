import { rmSync } from 'node:fs';
import { synthesise } from '../../infra/app.ts';
import type { Wiring } from '../../infra/local/wiring/model.ts';
import { readWiring } from '../../infra/local/wiring/read-wiring.ts';

export const REGION = 'eu-west-1';
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** How the stacks of the stage dev wire everything; queues stand below an address that nobody calls unless one is given. */
export async function wiringOfDev(queues = 'http://127.0.0.1'): Promise<Wiring> {
  const assembly = await synthesise({ stage: 'dev', bundle: false });
  const stacks = assembly.stacksRecursively.map(({ stackName, template }) => ({
    stackName,
    template: template as unknown,
  }));
  rmSync(assembly.directory, { recursive: true, force: true });
  return readWiring(stacks, {
    surroundings: { region: REGION, account: '000000000000' },
    queueUrl: (name) => `${queues}/${name}`,
  });
}
