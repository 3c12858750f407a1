import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import { wordsOfAdjustment } from '../../shared/domain/loyalty/decide-adjustment.ts';
import type { LedgerLine } from '../../shared/domain/loyalty/ledger.ts';

/** Lines of a ledger with the reasons that people gave for points they moved by hand, where those still stand in the vault. */
export async function withReasons(
  memberId: string,
  lines: readonly LedgerLine[],
  words: Pick<WordsStore, 'load'>,
): Promise<LedgerLine[]> {
  const placeOf = ({ cause }: LedgerLine) => wordsOfAdjustment(cause.eventId);
  const moved = lines.filter(({ cause }) => cause.type === 'points.adjustment');
  const places = [...new Set(moved.map(placeOf))].map((eventId) => ({ owner: `MEMBER#${memberId}`, eventId }));
  const reasons = await words.load<{ reason: string }>(places);
  return lines.map((line) => {
    const reason = line.cause.type === 'points.adjustment' ? reasons.get(placeOf(line))?.reason : undefined;
    return reason === undefined ? line : { ...line, rule: { ...line.rule, arithmetic: reason } };
  });
}
