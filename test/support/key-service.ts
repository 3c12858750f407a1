import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createKeyService, KeyStore } from '../../infra/local/keys.ts';

/** The key service of the local runtime by itself, with keys that go when it does. */
export async function startKeyService(): Promise<{ url: string; stop(): Promise<void> }> {
  const keys = new KeyStore();
  const server = createKeyService(() => keys);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
