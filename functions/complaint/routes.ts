import { getComplaint } from './get-complaint.ts';
import { getDeskComplaints } from './get-desk-complaints.ts';
import { postAnswer } from './post-answer.ts';
import { postAppeal } from './post-appeal.ts';
import { postComplaint } from './post-complaint.ts';
import { postDecision } from './post-decision.ts';
import { postInvestigation } from './post-investigation.ts';
import { postRating } from './post-rating.ts';

export const routes = [
  postComplaint,
  getComplaint,
  postInvestigation,
  postAnswer,
  postDecision,
  postAppeal,
  postRating,
  getDeskComplaints,
];
