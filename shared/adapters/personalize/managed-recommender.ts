import type { Engine } from '../../domain/recommend/engine-chain.ts';
import type { SpendStore } from '../dynamo/spend-store.ts';
import type { PersonalizeItem, PersonalizeRequest } from './personalize-engine.ts';

/**
 * Amazon Personalize with the one campaign of a stage. The service's client is loaded with the first question: most shops have no campaign, and
 * a function that starts should not wait for what it never uses.
 */
export function managedRecommender(
  campaignArn: string,
  spend: Pick<SpendStore, 'reserve'>,
): Engine<PersonalizeRequest, PersonalizeItem> {
  if (campaignArn === '') return { name: 'personalize', recommend: () => ({ cause: 'no_campaign' }) };
  let engine: Promise<Engine<PersonalizeRequest, PersonalizeItem>> | undefined;
  return {
    name: 'personalize',
    async recommend(request, signal, spent) {
      engine ??= open(campaignArn, spend);
      return (await engine).recommend(request, signal, spent);
    },
  };
}

async function open(campaignArn: string, spend: Pick<SpendStore, 'reserve'>) {
  const [{ personalizeClient }, { personalizeEngine }] = await Promise.all([
    import('./client.ts'),
    import('./personalize-engine.ts'),
  ]);
  return personalizeEngine({ client: personalizeClient(), campaigns: { personal: campaignArn }, spend });
}
