import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { openIntake } from './open-stores.ts';
import { routes } from './routes.ts';

export const handler = httpHandler(routes, openIntake);
