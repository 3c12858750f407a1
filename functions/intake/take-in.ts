import type { NumberedEvent } from '../../shared/domain/intake/check-request.ts';
import type { SealedEvent } from '../../shared/domain/intake/sealed-event.ts';
import { claimOf, reusedId } from '../../shared/runtime/admission.ts';
import type { ProblemCode } from '../../shared/runtime/errors.ts';
import { inTurn, onceEach } from '../../shared/runtime/in-turn.ts';
import { errorFields, traceFields } from '../../shared/runtime/log.ts';
import { publishEvents } from './publish-events.ts';
import { sealEvents } from './seal-events.ts';
import type { IntakeStores } from './stores.ts';

/** An event that was fit but is not on the bus, and why. `unavailable`: the same event may be sent again. */
export type LeftOut = {
  event: NumberedEvent;
  code: Extract<ProblemCode, 'id_reused' | 'unavailable' | 'event_too_large'>;
};

/** `erased`: by their places in the request, events of members who are no more; they count as taken, and nothing of them is kept. */
export type TakenIn = { leftOut: LeftOut[]; erased: ReadonlySet<number> };

/**
 * Seals what is personal, claims the id of each event and puts the claimed ones on the bus, each id once. The claim comes before the bus, so no
 * id is there with two contents; a claim whose event then does not reach the bus lets the same content through later.
 */
export async function takeIn(events: readonly NumberedEvent[], stores: IntakeStores): Promise<TakenIn> {
  const turn = inTurn();
  const once = onceEach<LeftOut['code'] | 'claimed'>();
  const outcomes = await sealEvents(events, stores);
  const claims = await Promise.all(
    outcomes.map((sealed) => {
      if (typeof sealed === 'string') return sealed;
      const { id } = sealed.event;
      return once(`${id} ${sealed.contentHash}`, () => turn(id, () => claim(sealed, stores)));
    }),
  );
  const claimed = outcomes.filter(
    (it, index): it is SealedEvent => claims[index] === 'claimed' && typeof it !== 'string',
  );
  const unpublished = await publishEvents(claimed, stores);
  const leftOut = events.flatMap((event, index): LeftOut[] => {
    const outcome = claims[index] ?? 'unavailable';
    if (outcome === 'erased') return [];
    if (outcome === 'claimed') return unpublished.has(event.checked.event.id) ? [{ event, code: 'unavailable' }] : [];
    return [{ event, code: outcome }];
  });
  const erased = events.filter((_, index) => claims[index] === 'erased');
  return { leftOut, erased: new Set(erased.map(({ index }) => index)) };
}

/** A refused event counts as refused once it is kept; until then the caller is asked to send it again. */
async function claim({ json: body, ...sealed }: SealedEvent, { inbox, log }: IntakeStores) {
  try {
    if ((await inbox.claim(claimOf(sealed))) === 'claimed') return 'claimed';
    await inbox.refuse(reusedId({ ...sealed, body }));
    return 'id_reused';
  } catch (error) {
    log.error('claim_failed', { ...traceFields(sealed.event), ...errorFields(error) });
    return 'unavailable';
  }
}
