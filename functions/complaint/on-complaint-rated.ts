import { complaintRated } from '../../events/complaint/complaint-rated.v1.ts';
import { complaintReaction } from './complaint-reaction.ts';

export const handler = complaintReaction(complaintRated, ({ satisfaction }) => ({ kind: 'rated', satisfaction }));
