import type { Refusal } from '../../shared/adapters/dynamo/inbox-store.ts';
import { membersOf, ownerOf } from '../../shared/domain/privacy/event-parts.ts';
import type { ErasureStores } from './stores.ts';

const PER_PAGE = 100;

/** The refused events that are a member's: that name the member, or what was the member's. `owners`: `ORDER#id`, `REVIEW#id` ... */
export async function refusedOf(
  memberId: string,
  owners: ReadonlySet<string>,
  { inbox }: Pick<ErasureStores, 'inbox'>,
  nowMs: number,
): Promise<Refusal[]> {
  const found: Refusal[] = [];
  const until = new Date(nowMs).toISOString();
  let page = await inbox.refusals({ until, limit: PER_PAGE });
  for (;;) {
    found.push(...page.items.filter((it) => isOf(it, memberId, owners)));
    if (page.next === undefined) return found;
    page = await inbox.refusals({ until, limit: PER_PAGE, position: page.next });
  }
}

function isOf({ content }: Refusal, memberId: string, owners: ReadonlySet<string>): boolean {
  const { data } = JSON.parse(content) as { data?: unknown };
  if (typeof data !== 'object' || data === null) return false;
  return membersOf(data).includes(memberId) || owners.has(ownerOf(data) ?? '');
}
