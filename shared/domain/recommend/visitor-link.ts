/** Which member a visitor turned out to be. The earliest login counts, by time and then by event id, as it does for orders. */
export type VisitorLink = {
  memberId: string;
  atMs: number;
  eventId: string;
  /** Members who were taken for the visitor until an earlier login became known. */
  former: readonly string[];
};

/** Beyond this a visitor is no person but a kiosk; the oldest mistakes are then mended and can be forgotten. */
const FORMER_LIMIT = 20;

/**
 * The link after a login; undefined where it changes nothing. Only the earliest login is kept, so any order of arrival ends in the
 * same member.
 */
export function linkTo(
  before: VisitorLink | undefined,
  login: { memberId: string; atMs: number; eventId: string },
): VisitorLink | undefined {
  const { memberId, atMs, eventId } = login;
  if (before === undefined) return { memberId, atMs, eventId, former: [] };
  const isEarlier = atMs < before.atMs || (atMs === before.atMs && eventId < before.eventId);
  if (!isEarlier) return undefined;
  const former = [...new Set([...before.former, before.memberId])].filter((it) => it !== memberId);
  return { memberId, atMs, eventId, former: former.slice(-FORMER_LIMIT) };
}
