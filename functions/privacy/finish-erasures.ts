import { Fault } from '../../shared/domain/fault.ts';
import { errorFields } from '../../shared/runtime/log.ts';
import { scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { openErasures } from './open-stores.ts';
import { goOn } from './run-erasure.ts';

const RESERVE_MS = 10_000;

/**
 * Every hour: erasures that were cut off are gone on with, and those that were not are gone through once more, for what was under way while
 * they ran. One that fails does not hold up the others.
 */
export const handler = scheduleHandler(openErasures, async (stores, { nowMs, functionName, log, timeLeftMs }) => {
  const isTime = () => timeLeftMs() > RESERVE_MS;
  const counts = { members: 0, failed: 0 };
  for (const memberId of await stores.erasures.open()) {
    if (!isTime()) break;
    try {
      const receipt = await stores.erasures.load(memberId);
      if (receipt !== undefined) await goOn(memberId, receipt, { nowMs, isTime }, stores);
      counts.members += 1;
    } catch (error) {
      counts.failed += 1;
      log.error('not_erased', { function: functionName, ...errorFields(error) });
    }
  }
  log.info('erasures', { function: functionName, ...counts });
  if (counts.failed > 0) throw new Fault(`${counts.failed} erasures are not done.`);
});
