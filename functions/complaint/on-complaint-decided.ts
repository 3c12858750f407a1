import { complaintDecided } from '../../events/complaint/complaint-decided.v1.ts';
import { complaintReaction } from './complaint-reaction.ts';

export const handler = complaintReaction(complaintDecided, ({ complaintId: _, ...said }) => ({
  kind: 'decided',
  ...said,
}));
