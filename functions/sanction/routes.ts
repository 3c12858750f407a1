import { getDeskSanctions } from './get-desk-sanctions.ts';
import { getSanction } from './get-sanction.ts';
import { postAnswer } from './post-answer.ts';
import { postAppeal } from './post-appeal.ts';
import { postAppealDecision } from './post-appeal-decision.ts';
import { postDecision } from './post-decision.ts';
import { postSanction } from './post-sanction.ts';

export const routes = [
  postSanction,
  getSanction,
  postAnswer,
  postDecision,
  postAppeal,
  postAppealDecision,
  getDeskSanctions,
];
