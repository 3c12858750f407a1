/**
 * What the emulator's CloudFormation cannot provision of our stacks, by resource type, and where the template is held to it
 * instead. `npm run test:deploy` works the list out anew from the templates and from what the emulator knows, and fails where
 * the two differ. A gap is stood in for when the emulator is started; no stack is written otherwise because of it.
 */
export type Gap = {
  type: string;
  /** Only resources with this property; left out, all of the type. */
  property?: string;
  /** What happens in the emulator instead. */
  standIn: string;
  /** The tests that hold the templates to what the emulator cannot show. */
  assertedBy: readonly string[];
};

export const gaps: readonly Gap[] = [
  {
    type: 'AWS::CloudWatch::Alarm',
    property: 'Metrics',
    standIn: 'alarms on sums of metrics are not made; alarms on one metric are',
    assertedBy: ['test/infra/deploy-gaps.test.ts'],
  },
  {
    type: 'AWS::CodeDeploy::Application',
    standIn: 'not made; it is in prod alone, and the emulator is given dev',
    assertedBy: ['test/infra/deploy-gaps.test.ts', 'test/infra/rollout.test.ts'],
  },
  {
    type: 'AWS::CodeDeploy::DeploymentGroup',
    standIn: 'not made; it is in prod alone, and the emulator is given dev',
    assertedBy: ['test/infra/deploy-gaps.test.ts', 'test/infra/rollout.test.ts'],
  },
  {
    type: 'AWS::Events::Archive',
    standIn: 'made by the emulator’s own CreateArchive, which its CloudFormation does not call',
    assertedBy: ['test/infra/deploy-gaps.test.ts', 'test/infra/stages.test.ts'],
  },
];
