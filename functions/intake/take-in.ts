import type { NumberedEvent } from '../../shared/domain/intake/check-request.ts';
import { reusedId } from '../../shared/runtime/admission.ts';
import type { ProblemCode } from '../../shared/runtime/errors.ts';
import { inTurn, onceEach } from '../../shared/runtime/in-turn.ts';
import { errorFields } from '../../shared/runtime/log.ts';
import type { IntakeStores } from './stores.ts';

/** An event that was fit but is not on the bus, and why. `unavailable`: the same event may be sent again. */
export type LeftOut = { event: NumberedEvent; code: Extract<ProblemCode, 'id_reused' | 'unavailable'> };

type Claimed = 'claimed' | 'id_reused' | 'unavailable';

/**
 * Claims the id of each event and puts the claimed ones on the bus, each id once. The claim comes first, so no id is
 * on the bus with two contents; a claim whose event then does not reach the bus lets the same content through later.
 */
export async function takeIn(events: readonly NumberedEvent[], stores: IntakeStores): Promise<LeftOut[]> {
  const turn = inTurn();
  const once = onceEach<Claimed>();
  const claims = await Promise.all(
    events.map((event) => {
      const { id } = event.checked.event;
      return once(`${id} ${event.checked.contentHash}`, () => turn(id, () => claim(event, stores)));
    }),
  );
  const claimed = events.filter((_, index) => claims[index] === 'claimed');
  const unpublished = await publish(claimed, stores);
  return events.flatMap((event, index): LeftOut[] => {
    const outcome = claims[index];
    if (outcome === 'claimed' && !unpublished.has(event.checked.event.id)) return [];
    return [{ event, code: outcome === 'id_reused' ? 'id_reused' : 'unavailable' }];
  });
}

/** A refused event counts as refused once it is kept; until then the caller is asked to send it again. */
async function claim({ checked }: NumberedEvent, { inbox, log }: IntakeStores): Promise<Claimed> {
  const { event, contentHash, json } = checked;
  try {
    if ((await inbox.claim({ eventId: event.id, contentHash, type: event.type })) === 'claimed') return 'claimed';
    await inbox.refuse(reusedId({ event, contentHash, body: json }));
    return 'id_reused';
  } catch (error) {
    log.error('claim_failed', { eventId: event.id, ...errorFields(error) });
    return 'unavailable';
  }
}

async function publish(claimed: readonly NumberedEvent[], { bus, log }: IntakeStores): Promise<Set<string>> {
  const unique = [...new Map(claimed.map(({ checked }) => [checked.event.id, checked])).values()];
  const failed = await bus.publish(
    unique.map(({ definition, event, json }) => ({
      source: definition.busSource,
      detailType: event.type,
      detail: json,
      time: event.time,
    })),
  );
  for (const { index, code } of failed) log.error('unpublished', { eventId: unique[index]?.event.id, code });
  return new Set(failed.flatMap(({ index }) => unique[index]?.event.id ?? []));
}
