import { inspectionCompleted } from '../../events/quality/inspection-completed.v1.ts';
import { type DomainSpec, inboxClaims, table } from '../constructs/wiring.ts';

export const quality: DomainSpec = {
  domain: 'quality',
  stack: 'reputation',
  reactions: [
    {
      name: 'quality-inspection-completed',
      entry: 'functions/quality/on-inspection-completed.ts',
      on: inspectionCompleted,
      binds: [
        table('reputation', 'BatchGetItem', 'BatchWriteItem', 'PutItem'),
        table('catalog', 'BatchGetItem'),
        inboxClaims,
      ],
    },
  ],
};
