import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { AssetHashType, DockerImage } from 'aws-cdk-lib/core';
import type { BuildOptions } from 'esbuild';

/** The repository's root: entry paths are relative to it. */
export const root = resolve(import.meta.dirname, '../..');

/** Where a bundle's code is inside its folder; the function's handler is `index.handler`. */
export const bundleFile = 'index.mjs';

/**
 * How a function becomes one file: everything it imports and nothing else, the AWS SDK too, as the SDK that Lambda
 * brings along is read from disk file by file and starts slower.
 *
 * The SDK's default credential chain (SSO, profiles, web identity, instance metadata) is replaced by the one that a
 * Lambda function needs, the environment: more than half of a bundle would be code that never runs there.
 */
export function bundleOptions(entry: string, folder: string): BuildOptions {
  return {
    entryPoints: [join(root, entry)],
    outfile: join(folder, bundleFile),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    mainFields: ['module', 'main'],
    // Some of the SDK's packages are CommonJS and call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    alias: { '@aws-sdk/credential-provider-node': join(root, 'shared/adapters/aws/lambda-credentials.ts') },
    absWorkingDir: root,
    logLevel: 'error',
  };
}

/** Bundles an entry into a folder. esbuild is loaded when it is needed: the local runtime never does. */
export function bundleInto(entry: string, folder: string): void {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  buildSync(bundleOptions(entry, folder));
}

/** The code of a function, bundled; its hash is that of the bundle, so an unchanged function is not deployed anew. */
export function bundled(entry: string): AssetCode {
  return Code.fromAsset(root, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled: bundling happens in this process or fails with esbuild's own message.
      image: DockerImage.fromRegistry('bundling-runs-without-an-image'),
      local: {
        tryBundle(folder) {
          bundleInto(entry, folder);
          return true;
        },
      },
    },
  });
}
