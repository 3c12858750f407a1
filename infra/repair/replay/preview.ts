/**
 * What a replay would change, before anything does: each archived event is held against the facts that are kept; of those that are not known
 * the pure decisions are run, on copies. Nothing is written.
 */
import { inboxStore } from '../../../shared/adapters/dynamo/inbox-store.ts';
import { policyStore } from '../../../shared/adapters/dynamo/policy-store.ts';
import type { RepairBackend } from '../backend.ts';
import { type AccountChange, AccountPreview } from './account-preview.ts';
import type { Archive, ArchivedEvent, Span } from './archive.ts';
import { admit } from './arrival.ts';
import { type ReviewChange, type ScoreChange, ScorePreview } from './score-preview.ts';

export type Preview = {
  events: number;
  /** Known to accounts or scores, with the same content: they change nothing. */
  known: number;
  new: number;
  /** By the code of the refusal. */
  refused: Record<string, number>;
  /** Events that no account and no score hangs on, such as views or products. */
  beside: number;
  accounts: AccountChange[];
  scores: ScoreChange[];
  reviews: ReviewChange[];
};

export type PreviewOptions = { types?: ReadonlySet<string> | undefined; onProgress?: (events: number) => void };

export async function previewReplay(
  backend: RepairBackend,
  archive: Archive,
  span: Span,
  { types, onProgress }: PreviewOptions = {},
): Promise<Preview> {
  const { dynamo, table } = backend;
  const tables = { profile: table('profile'), reputation: table('reputation'), catalog: table('catalog') };
  const policies = await policyStore(dynamo, tables.profile).load();
  const inbox = inboxStore(dynamo, table('inbox'));
  const accounts = new AccountPreview(dynamo, tables.profile, policies);
  const scores = new ScorePreview(dynamo, tables, policies);
  const found: Preview = { events: 0, known: 0, new: 0, refused: {}, beside: 0, accounts: [], scores: [], reviews: [] };
  const refuse = (code: string): void => {
    found.refused[code] = (found.refused[code] ?? 0) + 1;
  };
  const take = async (archived: readonly ArchivedEvent[]): Promise<void> => {
    const wanted = archived.filter(({ type }) => types?.has(type) !== false);
    found.events += wanted.length;
    const { admitted, refused } = await admit(wanted, inbox);
    for (const { code } of refused) refuse(code);
    const [ofAccounts, ofScores] = [await accounts.add(admitted), await scores.add(admitted)];
    admitted.forEach((_, index) => {
      const verdict = ofAccounts[index] ?? ofScores[index];
      if (verdict === undefined) found.beside += 1;
      else if (verdict.kind === 'refused') refuse(verdict.code);
      else found[verdict.kind] += 1;
    });
    onProgress?.(found.events);
  };
  await archive.read(span, take);
  const nowMs = await backend.nowMs();
  const { changes, causes, counts } = await scores.reviews(accounts.orders);
  await accounts.loadCauses(causes);
  for (const cause of causes) accounts.addCause(cause);
  return {
    ...found,
    accounts: await accounts.changes(nowMs),
    scores: await scores.changes(accounts.orders, counts, nowMs),
    reviews: changes,
  };
}
