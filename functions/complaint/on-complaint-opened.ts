import { complaintOpened } from '../../events/complaint/complaint-opened.v1.ts';
import { complaintReaction } from './complaint-reaction.ts';

export const handler = complaintReaction(complaintOpened, ({ complaintId: _, ...said }) => ({
  kind: 'opened',
  ...said,
}));
