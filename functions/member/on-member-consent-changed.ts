import { memberConsentChanged } from '../../events/member/member-consent-changed.v1.ts';
import { memberReaction } from './member-reaction.ts';

export const handler = memberReaction('consent_changed', memberConsentChanged);
