import { Fault } from '../../shared/domain/fault.ts';
import { checkEvent } from '../../shared/domain/intake/check-event.ts';
import { openLetter } from '../../shared/domain/privacy/sealed-letter.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import type { RelayOutcome } from '../../shared/runtime/relay-handler.ts';
import type { IntakeStores } from './stores.ts';
import { takeIn } from './take-in.ts';

/**
 * Takes in the messages of a batch and says of each what has become of it. What intake would refuse is a permanent failure, with the same
 * code; what could not be sealed, claimed or published is delivered again.
 */
export async function relay(bodies: readonly string[], stores: IntakeStores): Promise<RelayOutcome[]> {
  const rules = await stores.loadRules();
  const checks = await Promise.all(
    bodies.map(async (body) => {
      const text = await openLetter(body, stores.vault);
      return text === undefined ? ('erased' as const) : checkEvent(parse(text), rules);
    }),
  );
  const fit = checks.flatMap((check, index) =>
    check !== 'erased' && check.ok ? [{ index, checked: check.checked }] : [],
  );
  const { leftOut, erased } = await takeIn(fit, stores);
  const left = new Map(leftOut.map(({ event, code }) => [event.index, code]));
  return checks.map((check, index): RelayOutcome => {
    if (check === 'erased' || erased.has(index)) return 'erased';
    if (!check.ok) {
      const { code, detail, errors } = check.refusal;
      const paths = errors.map(({ path, code }) => `${path}: ${code}`).join(' ');
      return new PermanentFailure(code, `${detail} ${paths}`.trim());
    }
    const code = left.get(index);
    if (code === undefined) return 'done';
    if (code === 'id_reused') return 'refused';
    return code === 'unavailable'
      ? new Fault('The event could not be taken in.')
      : new PermanentFailure(code, 'Sealed, it is too large.');
  });
}

/** What is no JSON is refused like anything else that is no event. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
