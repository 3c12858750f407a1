import type { DataOf } from '../../../events/define-event.ts';
import type { CloudEvent } from '../../../events/envelope.ts';
import type { inspectionCompleted } from '../../../events/quality/inspection-completed.v1.ts';
import type { Counts } from '../reputation/counts.ts';
import { inspectionCounts } from '../reputation/review-counts.ts';

/** An inspection as it was told. */
export type InspectionRecord = {
  inspectionId: string;
  /** Counts the writes; 0 is one never written. */
  version: number;
  eventId: string;
  hash: string;
  atMs: number;
  data: DataOf<typeof inspectionCompleted>;
};

export type InspectionDecision =
  | { kind: 'keep'; inspection: InspectionRecord; counts: Counts }
  | { kind: 'duplicate' }
  | { kind: 'refused'; code: 'id_reused'; detail: string };

/**
 * An inspection counts for all that it names, and for the product's brand and supplier where it names the product alone. Told again
 * it changes nothing; under the same id with other content it is refused, whichever event brings it.
 */
export function decideInspection(
  known: InspectionRecord | undefined,
  event: CloudEvent<string, DataOf<typeof inspectionCompleted>>,
  hash: string,
  maker: { brandId?: string | undefined; supplierId?: string | undefined } = {},
): InspectionDecision {
  const { inspectionId } = event.data;
  if (known !== undefined) {
    if (known.hash === hash) return { kind: 'duplicate' };
    return { kind: 'refused', code: 'id_reused', detail: `Inspection ${inspectionId} is known with other content.` };
  }
  const inspection = {
    inspectionId,
    version: 0,
    eventId: event.id,
    hash,
    atMs: Date.parse(event.time),
    data: event.data,
  };
  return { kind: 'keep', inspection, counts: countsOfInspection(inspection, maker) };
}

/** What an inspection calls for: for all that it names, and for whoever makes the product. */
export function countsOfInspection(
  { atMs, data }: InspectionRecord,
  maker: { brandId?: string | undefined; supplierId?: string | undefined } = {},
): Counts {
  const { productId, sampled, failed, score } = data;
  const brandId = data.brandId ?? maker.brandId;
  const supplierId = data.supplierId ?? maker.supplierId;
  return inspectionCounts({ productId, brandId, supplierId, atMs, sampled, failed, score });
}
