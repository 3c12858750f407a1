import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { StageConfig } from '../config.ts';

/** What becomes of a resource when its stack is deleted. */
export function removalOf(config: StageConfig): RemovalPolicy {
  return config.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
