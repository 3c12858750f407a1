/**
 * Every account and every score worked out anew from the facts that are kept, and held against what stands. Nothing is written. What
 * seems to differ is read again before it is called a difference, because a shop goes on while it is looked at.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { batchGet } from '../../../shared/adapters/dynamo/batch-get.ts';
import { profileKeys, reputationKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { policyStore } from '../../../shared/adapters/dynamo/policy-store.ts';
import { type Item, keyItem, readRecord } from '../../../shared/adapters/dynamo/profile-records.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { queryPages } from '../../../shared/adapters/dynamo/query-pages.ts';
import type { ReviewerRecord } from '../../../shared/domain/review/reviewer-record.ts';
import type { TableName } from '../../constructs/wiring.ts';
import type { RepairBackend } from '../backend.ts';
import { accountChecks } from './account-checks.ts';
import { profileContributions, reputationContributions } from './contributions.ts';
import { type Contribution, type Difference, type ItemCheck, nameOf, pkOf, skOf } from './difference.ts';
import { erasedMembers, leftOf } from './erased-check.ts';
import { scoreChecks } from './score-checks.ts';
import { Sums, type Uneven } from './sums.ts';
import { scanTable } from './table-scan.ts';

export type ReconcileOptions = {
  /** One half alone. */
  only?: 'accounts' | 'scores' | undefined;
  /** One member alone: the account, its orders and causes, and the member's reviews. */
  memberId?: string | undefined;
  /** Told now and then how far it has come. */
  onProgress?: (figures: Readonly<Record<string, number>>) => void;
};

export type Reconciled = {
  /** How much was compared, by kind. */
  compared: Record<string, number>;
  differences: Difference[];
  /** What changed each time that it was read, and so could not be compared. */
  moving: string[];
};

/** Items that are looked at together. */
const ITEMS_AT_ONCE = 25;
/** What seems wrong is read again so often, this long apart, before it is called so. */
const READINGS = 5;
const READING_AGAIN_MS = { local: 200, deployed: 3_000 };
/** Sums are worked out again so often. */
const PASSES = 4;
/** So many suspicions are followed. Where there are more, the rest is much the same. */
const SUSPECTED_LIMIT = 10_000;

type Suspicion = { check: ItemCheck; key: { pk: string; sk: string } };

export async function reconcile(backend: RepairBackend, options: ReconcileOptions = {}): Promise<Reconciled> {
  return new Reconciliation(backend, options).run();
}

class Reconciliation {
  readonly #backend: RepairBackend;
  readonly #options: ReconcileOptions;
  readonly #compared: Record<string, number> = {};
  readonly #differences: Difference[] = [];
  readonly #moving: string[] = [];
  readonly #suspicions: Suspicion[] = [];
  /** Takes what members' journals list, while sums are being made. */
  #onHistory: (contributions: readonly Contribution[]) => void = () => undefined;

  constructor(backend: RepairBackend, options: ReconcileOptions) {
    this.#backend = backend;
    this.#options = options;
  }

  async run(): Promise<Reconciled> {
    const { memberId } = this.#options;
    const checks = await this.#checks();
    for (const { name } of checks) this.#compared[name] = 0;
    if (memberId === undefined) await this.#wholeShop(checks);
    else await this.#oneMember(checks, memberId);
    if (memberId === undefined && this.#options.only !== 'scores') await this.#erased();
    await this.#readAgain();
    return { compared: this.#compared, differences: this.#differences, moving: this.#moving };
  }

  async #checks(): Promise<ItemCheck[]> {
    const { dynamo: client, table, nowMs } = this.#backend;
    const { only } = this.#options;
    const tables = { profile: table('profile'), reputation: table('reputation'), catalog: table('catalog') };
    const policies = await policyStore(client, tables.profile).load();
    const accounts = accountChecks({ client, table: tables.profile, policies, nowMs: await nowMs() }, (contributions) =>
      this.#onHistory(contributions),
    );
    const scores = scoreChecks({ client, tables, policies });
    return [...(only === 'scores' ? [] : accounts), ...(only === 'accounts' ? [] : scores)];
  }

  async #wholeShop(checks: readonly ItemCheck[]): Promise<void> {
    const sums = new Sums();
    try {
      this.#onHistory = (contributions) => sums.add(contributions);
      await this.#pass(
        (table) => checks.filter((check) => check.table === table),
        (contributions) => sums.add(contributions),
      );
      this.#onHistory = () => undefined;
      this.#compared.sums = sums.count();
      await this.#followSums(checks, sums.uneven());
    } finally {
      sums.close();
    }
  }

  /** Reads both tables once. */
  async #pass(
    checksOf: (table: TableName) => readonly ItemCheck[],
    add: (contributions: readonly Contribution[]) => void,
  ): Promise<void> {
    const { only } = this.#options;
    const contributionsOf = { profile: profileContributions, reputation: reputationContributions };
    for (const table of ['profile', 'reputation'] as const) {
      const wanted = checksOf(table);
      const summed = only === undefined || only === (table === 'profile' ? 'accounts' : 'scores');
      if (wanted.length === 0 && !summed) continue;
      await scanTable(this.#backend.dynamo, this.#backend.table(table), async (items) => {
        if (summed) add(items.flatMap(contributionsOf[table]));
        await this.#look(wanted, items);
        this.#options.onProgress?.(this.#compared);
      });
    }
  }

  async #look(checks: readonly ItemCheck[], items: readonly Item[]): Promise<void> {
    for (const check of checks) {
      const concerned = items.filter((item) => check.concerns(item));
      for (let from = 0; from < concerned.length; from += ITEMS_AT_ONCE) {
        const some = concerned.slice(from, from + ITEMS_AT_ONCE);
        const found = await check.check(some);
        this.#compared[check.name] = (this.#compared[check.name] ?? 0) + some.length;
        some.forEach((item, index) => {
          if ((found[index]?.length ?? 0) === 0 || this.#suspicions.length >= SUSPECTED_LIMIT) return;
          this.#suspicions.push({ check, key: { pk: pkOf(item), sk: skOf(item) } });
        });
      }
    }
  }

  /** Looks at what seemed wrong again, until it is right, or as wrong as it was. */
  async #readAgain(): Promise<void> {
    const told = new Set<string>();
    for (const { check, key } of this.#suspicions) {
      let before: string | undefined;
      let differences: Difference[] = [];
      let steady = false;
      for (let reading = 0; reading < READINGS && !steady; reading += 1) {
        if (reading > 0) await sleep(READING_AGAIN_MS[this.#backend.local ? 'local' : 'deployed']);
        const [item] = await batchGet(this.#backend.dynamo, this.#backend.table(check.table), [key], {
          consistent: true,
        });
        differences = item === undefined ? [] : ((await check.check([item]))[0] ?? []);
        const now = JSON.stringify([item?.v?.N, differences]);
        // As wrong as before may still be on its way: what follows a change is given the time of three readings.
        steady = differences.length === 0 || (reading > 2 && now === before);
        before = now;
      }
      if (differences.length === 0) continue;
      if (!steady) this.#moving.push(nameOf(keyItem(key)));
      else
        for (const difference of differences) {
          const name = JSON.stringify(difference);
          if (!told.has(name)) this.#differences.push(difference);
          told.add(name);
        }
    }
  }

  /** Works uneven sums out again, by themselves, until each is even or uneven in the same way twice. */
  async #followSums(checks: readonly ItemCheck[], found: readonly Uneven[]): Promise<void> {
    let uneven = found;
    for (let pass = 1; uneven.length > 0 && pass <= PASSES; pass += 1) {
      await sleep(READING_AGAIN_MS[this.#backend.local ? 'local' : 'deployed']);
      const again = await this.#sumsOf(checks, new Set(uneven.map(({ subject }) => subject)));
      const next: Uneven[] = [];
      for (const before of uneven) {
        const { stands, should } = again.get(partName(before)) ?? { stands: 0, should: 0 };
        if (stands === should) continue;
        const { subject, part } = before;
        if (stands === before.stands && should === before.should) {
          this.#differences.push({ subject, part, stands, should });
        } else next.push({ subject, part, stands, should });
      }
      uneven = next;
    }
    this.#moving.push(...uneven.map(({ subject, part }) => `${subject}: ${part}`));
  }

  async #sumsOf(
    checks: readonly ItemCheck[],
    subjects: ReadonlySet<string>,
  ): Promise<Map<string, { stands: number; should: number }>> {
    const sums = new Map<string, { stands: number; should: number }>();
    const add = (contributions: readonly Contribution[]): void => {
      for (const it of contributions) {
        if (!subjects.has(it.subject)) continue;
        const sum = sums.get(partName(it)) ?? { stands: 0, should: 0 };
        sum.stands += it.stands ?? 0;
        sum.should += it.should ?? 0;
        sums.set(partName(it), sum);
      }
    };
    const accounts = checks.filter(({ name }) => name === 'accounts');
    const members = accounts.map(
      (check): ItemCheck => ({
        ...check,
        name: 'accounts read again',
        concerns: (item) => check.concerns(item) && subjects.has(`account ${pkOf(item).slice('MEMBER#'.length)}`),
      }),
    );
    this.#onHistory = add;
    await this.#pass((table) => (table === 'profile' ? members : []), add);
    this.#onHistory = () => undefined;
    delete this.#compared['accounts read again'];
    return sums;
  }

  /** Of members who have been erased nothing may be left that says who they were, nor the key to it. */
  async #erased(): Promise<void> {
    const { dynamo, table } = this.#backend;
    const tables = {
      inbox: table('inbox'),
      vault: table('vault'),
      profile: table('profile'),
      reputation: table('reputation'),
    };
    this.#compared['erased members'] = 0;
    for await (const members of erasedMembers(dynamo, tables)) {
      for (const memberId of members) this.#differences.push(...(await leftOf(dynamo, tables, memberId)));
      this.#compared['erased members'] += members.length;
    }
  }

  async #oneMember(checks: readonly ItemCheck[], memberId: string): Promise<void> {
    const { dynamo, table } = this.#backend;
    const account = profileKeys.account(memberId);
    const profile: Item[] = [];
    for await (const page of queryPages(dynamo, table('profile'), account.pk)) profile.push(...page);
    if (profile.some((item) => skOf(item) === account.sk)) {
      const { history } = await profileStore(dynamo, table('profile')).loadHistory(memberId);
      const keys = history.orders.map(({ orderId }) => profileKeys.order(orderId));
      profile.push(...(await batchGet(dynamo, table('profile'), keys, { consistent: true })));
    }
    const read = (keys: Parameters<typeof batchGet>[2]) =>
      batchGet(dynamo, table('reputation'), keys, { consistent: true });
    const reviewer = await read([reputationKeys.reviewer(memberId)]);
    const rows = readRecord<Omit<ReviewerRecord, 'version'>>(reviewer[0])?.rows ?? [];
    const reputation = [...reviewer, ...(await read(rows.map(({ reviewId }) => reputationKeys.review(reviewId))))];
    const items = { profile, reputation };
    for (const name of ['profile', 'reputation'] as const) {
      await this.#look(
        checks.filter((check) => check.table === name),
        items[name],
      );
    }
  }
}

const partName = ({ subject, part }: { subject: string; part: string }): string => `${subject}\n${part}`;
