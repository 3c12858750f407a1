import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';

/** How a stack that imports the bucket calls it in its template: cdk-nag names its findings after that. */
export function importedName(bucket: Bucket): string {
  const owner = Stack.of(bucket);
  const reference = owner.resolve(owner.exportValue(bucket.bucketArn)) as { 'Fn::ImportValue': string };
  return reference['Fn::ImportValue'];
}
