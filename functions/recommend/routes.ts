import { getMemberRecommendations } from './get-member-recommendations.ts';
import { getModels } from './get-models.ts';
import { getRelated } from './get-related.ts';
import { getVisitorRecommendations } from './get-visitor-recommendations.ts';
import { postRollback } from './post-rollback.ts';

export const routes = [getMemberRecommendations, getVisitorRecommendations, getRelated, getModels, postRollback];
