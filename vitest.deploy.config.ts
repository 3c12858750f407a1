import { defineConfig } from 'vitest/config';

/** A stage in an emulator of AWS: `npm run test:deploy` finds or installs that, and then runs these. */
export default defineConfig({
  test: {
    include: ['test/deploy/**/*.deploy.ts'],
    maxWorkers: 1,
    fileParallelism: false,
    // Each test builds on the ones before it.
    bail: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
