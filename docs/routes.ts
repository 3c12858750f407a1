import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Route } from '../shared/runtime/route.ts';

export type NamedRoute = Route<never> & { domain: string };

/** Every route there is, read from the `routes.ts` of each domain, so that none can be forgotten. */
export async function allRoutes(root: string = join(import.meta.dirname, '..')): Promise<NamedRoute[]> {
  const files = readdirSync(join(root, 'functions'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('/routes.ts'))
    .toSorted();
  const domains = await Promise.all(
    files.map(async (file) => {
      const module = (await import(pathToFileURL(join(root, 'functions', file)).href)) as { routes: Route<never>[] };
      return module.routes.map((route) => ({ ...route, domain: file.split('/')[0] ?? file }));
    }),
  );
  return domains.flat();
}
