import { gradeChanged } from '../../events/reputation/grade-changed.v1.ts';
import { gradeStanding } from '../../shared/domain/recommend/standing-fold.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openStandings } from './standing-reaction.ts';

/** The latest grade of a product is what recommendations know of it. */
export const handler = queueHandler(gradeChanged, openStandings, async (event, { standings }, { nowMs }) => {
  await standings.saveGrade(gradeStanding(event), nowMs);
});
