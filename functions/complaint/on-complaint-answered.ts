import { complaintAnswered } from '../../events/complaint/complaint-answered.v1.ts';
import { complaintReaction } from './complaint-reaction.ts';

export const handler = complaintReaction(complaintAnswered, ({ actor, text }) => ({ kind: 'answered', actor, text }));
