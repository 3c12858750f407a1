import { getMemberRecommendations } from './get-member-recommendations.ts';
import { getRelated } from './get-related.ts';
import { getVisitorRecommendations } from './get-visitor-recommendations.ts';

export const routes = [getMemberRecommendations, getVisitorRecommendations, getRelated];
