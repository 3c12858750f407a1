import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type DueNote, type DueStore, dueStore } from '../../shared/adapters/dynamo/due-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { type ProfileStore, profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { Fault } from '../../shared/domain/fault.ts';
import { type PolicySource, presentMs } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { errorFields } from '../../shared/runtime/log.ts';
import { type ScheduleDependencies, scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { bookMember } from './book-member.ts';

type DueDependencies = ScheduleDependencies & { profile: ProfileStore; due: DueStore; policies: PolicySource };

/** Notes read at a time from each shard, and accounts worked on side by side. */
const PAGE = 100;
const SIDE_BY_SIDE = 8;
/** So much before it would be cut off, the run ends; the next one goes on. */
const RESERVE_MS = 5_000;

/**
 * Every hour: what has fallen due by time alone is written, so that it is told: points that can be spent now, that expire
 * soon or have expired, tiers that have lapsed. Balances are right without it; what is left over is taken up next time.
 */
export const handler = scheduleHandler(
  (): DueDependencies => {
    const { PROFILE_TABLE } = readEnv('PROFILE_TABLE');
    const dynamo = dynamoClient();
    const profile = profileStore(dynamo, PROFILE_TABLE);
    return { profile, due: dueStore(dynamo, PROFILE_TABLE), policies: policyStore(dynamo, PROFILE_TABLE) };
  },
  async ({ profile, due, policies: source }, { nowMs: clockMs, functionName, log, timeLeftMs }) => {
    const policies = await source.load();
    const nowMs = presentMs(policies, clockMs);
    const failed = new Set<string>();
    let members = 0;
    const bookOne = async (note: DueNote): Promise<void> => {
      try {
        await bookMember(note, { profile, due, policies, nowMs });
        members += 1;
      } catch (error) {
        failed.add(`${note.hour} ${note.memberId}`);
        log.error('not_booked', { function: functionName, ...errorFields(error) });
      }
    };
    const open = async () =>
      (await due.due(nowMs, PAGE)).filter(({ hour, memberId }) => !failed.has(`${hour} ${memberId}`));
    for (let notes = await open(); notes.length > 0 && timeLeftMs() > RESERVE_MS; notes = await open()) {
      for (let from = 0; from < notes.length && timeLeftMs() > RESERVE_MS; from += SIDE_BY_SIDE) {
        await Promise.all(notes.slice(from, from + SIDE_BY_SIDE).map(bookOne));
      }
    }
    log.info('due', { function: functionName, members });
    // What could not be booked stays noted and is met again; somebody is to know of it.
    if (failed.size > 0) throw new Fault(`What has fallen due for ${failed.size} members could not be booked.`);
  },
);
