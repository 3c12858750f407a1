import type { Server } from 'node:http';
import { StartError } from './lifecycle-errors.ts';

/**
 * So long is a connection kept on which nobody asks. Node's own five seconds are within the pauses that people and tests make, and who
 * asks at the moment in which it is closed sees a connection reset.
 */
const KEPT_IDLE_MS = 50_000;

/**
 * Binds a server to loopback.
 * @param port 0 for any free one
 * @returns the port it got
 */
export async function listen(server: Server, port: number): Promise<number> {
  server.keepAliveTimeout = KEPT_IDLE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' ? new StartError(`Port ${port} is in use; choose another with --port`) : error,
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new StartError('This machine gives no free port');
  return address.port;
}

/** How long a request under way may take to end once its server closes. */
const GRACE_MS = 3_000;

/** Takes no new connection, lets the requests under way finish, and cuts those off that do not. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const cutOff = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(cutOff);
}
