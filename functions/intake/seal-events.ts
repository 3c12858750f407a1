import type { NumberedEvent } from '../../shared/domain/intake/check-request.ts';
import { partsOf, type SealedEvent, sealedEvent } from '../../shared/domain/intake/sealed-event.ts';
import { sealContext } from '../../shared/domain/privacy/event-parts.ts';
import { errorFields } from '../../shared/runtime/log.ts';
import type { IntakeStores } from './stores.ts';

/** What has become of an event at the door: fit for the bus, or why not. `erased`: its member is no more, and nothing of it is kept. */
export type SealOutcome = SealedEvent | 'erased' | 'event_too_large' | 'unavailable';

/**
 * Seals what is personal in each event, before anything of it is written anywhere. An event without any needs no key and no request. Where
 * keys cannot be had, the events in need of one are left out, for the caller to send again.
 */
export async function sealEvents(
  events: readonly NumberedEvent[],
  { vault, log }: Pick<IntakeStores, 'vault' | 'log'>,
): Promise<SealOutcome[]> {
  const parted = events.map(({ checked }) => ({ checked, parts: partsOf(checked) }));
  const wanted = parted.flatMap(({ checked, parts }, index) => {
    const { owner, data, extensions } = parts;
    if (owner === undefined) return [];
    const text = (part: 'data' | 'extensions', value: unknown) =>
      value === undefined
        ? []
        : [{ index, part, owner, context: sealContext(checked.event, part), text: JSON.stringify(value) }];
    return [...text('data', data), ...text('extensions', extensions)];
  });
  let seals: (string | undefined)[] | undefined;
  try {
    seals = wanted.length === 0 ? [] : await vault.seal(wanted);
  } catch (error) {
    log.error('unsealed', errorFields(error));
  }
  return parted.map(({ checked, parts }, index): SealOutcome => {
    const own = wanted.flatMap((it, place) => (it.index === index ? [[it.part, seals?.[place]] as const] : []));
    if (own.length > 0 && seals === undefined) return 'unavailable';
    if (own.some(([, sealed]) => sealed === undefined)) return 'erased';
    const sealed = sealedEvent(checked, parts, Object.fromEntries(own));
    return sealed === 'too_large' ? 'event_too_large' : sealed;
  });
}
