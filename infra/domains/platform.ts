import { type DomainSpec, release } from '../constructs/wiring.ts';

export const platform: DomainSpec = {
  domain: 'platform',
  http: {
    name: 'platform-http',
    entry: 'functions/platform/http.ts',
    routes: [
      { method: 'GET', path: '/v1/health', public: true },
      // Any other path is answered here, so that a wrong address is a problem document like every other error.
      { fallback: true, public: true },
    ],
    binds: [release],
  },
};
