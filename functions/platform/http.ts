import { readEnv } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { routes } from './routes.ts';

/** Also behind `$default`: a path that no route has is answered here, as every unknown route is, with `not_found`. */
export const handler = httpHandler(routes, () => ({ release: readEnv('RELEASE').RELEASE }));
