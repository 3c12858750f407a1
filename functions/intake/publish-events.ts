import type { SealedEvent } from '../../shared/domain/intake/sealed-event.ts';
import { traceOf } from '../../shared/domain/trace/trace.ts';
import { follows, traceFields } from '../../shared/runtime/log.ts';
import type { IntakeStores } from './stores.ts';

/** Puts each event on the bus, once for each id, and says of which ids it was not taken. */
export async function publishEvents(
  claimed: readonly SealedEvent[],
  { bus, log }: Pick<IntakeStores, 'bus' | 'log'>,
): Promise<Set<string>> {
  const unique = [...new Map(claimed.map((it) => [it.event.id, it])).values()];
  const failed = await bus.publish(
    unique.map(({ definition: { busSource }, event: { type, time }, json }) => ({
      source: busSource,
      detailType: type,
      detail: json,
      time,
    })),
  );
  const places = new Map(failed.map(({ index, code }) => [index, code]));
  for (const [index, { event }] of unique.entries()) {
    const code = places.get(index);
    if (code !== undefined) log.error('unpublished', { ...traceFields(event), code });
    else if (follows(traceOf(event))) log.info('taken_in', traceFields(event));
  }
  return new Set(failed.flatMap(({ index }) => unique[index]?.event.id ?? []));
}
