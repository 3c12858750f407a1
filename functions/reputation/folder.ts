import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { streamHandler } from '../../shared/runtime/stream-handler.ts';
import { changesIn } from './changes-in.ts';
import { type FoldStores, openFold } from './fold-stores.ts';
import { recountInspections } from './recount-inspections.ts';
import { refreshReviews } from './refresh-reviews.ts';
import { rescore } from './rescore.ts';
import { resolveComplaints } from './resolve-complaints.ts';
import { settleSources } from './settle-sources.ts';

/**
 * The handler that makes of what was written what follows from it: where a review stands, what is counted of whom, and the scores
 * that come of the counters. It reads the changes of the table in batches, so that many facts about one product or brand are one
 * write on its counters, and works from what stands in the table at that moment, so that a change that is delivered again changes
 * nothing.
 */
export function folder(open: () => FoldStores = () => openFold(dynamoClient())) {
  return streamHandler(open, async (changes, stores, { nowMs }) => {
    const policies = await stores.policySource.load();
    const { reviews, sources, targets, inspections, complaints } = changesIn(changes);
    await recountInspections(inspections, { ...stores, nowMs });
    await resolveComplaints(complaints, { ...stores, nowMs });
    await settleSources(sources, stores);
    await refreshReviews(reviews, { ...stores, policies });
    await rescore(targets, { ...stores, policies, nowMs });
    return undefined;
  });
}
