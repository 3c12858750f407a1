import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { StageConfig } from '../config.ts';

/** What becomes of a table when its stack is deleted. */
export function tableRemovalOf(config: StageConfig): RemovalPolicy {
  return config.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/**
 * What becomes of anything else that holds data. Kept in production, except where its very first creation is rolled
 * back: it is empty then, and its name must be free for the next attempt.
 */
export function removalOf(config: StageConfig): RemovalPolicy {
  return config.removal === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
