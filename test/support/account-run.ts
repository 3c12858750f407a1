import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { adjust } from '../../functions/loyalty/adjust.ts';
import { bookCause } from '../../functions/loyalty/book-cause.ts';
import { bookMember } from '../../functions/loyalty/book-member.ts';
import { bookOrder, type Surroundings } from '../../functions/loyalty/book-order.ts';
import { postAdjustment } from '../../functions/loyalty/post-adjustment.ts';
import { postRedemption } from '../../functions/loyalty/post-redemption.ts';
import { redeem, release } from '../../functions/loyalty/redeem.ts';
import type { Outcome } from '../../functions/loyalty/run-command.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { Balance } from '../../shared/domain/loyalty/decide-redemption.ts';
import { accountAt } from '../../shared/domain/loyalty/fold.ts';
import type { LoyaltyFact } from '../../shared/domain/loyalty/replay.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import { AccountChecks } from './account-checks.ts';
import { type ModelFact, modelAccount, modelOrder, modelPayable } from './account-model.ts';
import {
  type Command,
  type Luck,
  MEMBERS,
  type Operation,
  POLICIES,
  type Sending,
  type Sequence,
  sequences,
} from './account-sequences.ts';
import { type MemoryProfile, memoryProfileStore } from './memory-profile-store.ts';
import { memoryWords } from './memory-words.ts';
import * as story from './shop-story.ts';

/** A test of many sequences, each after every operation beside the model. */
export function accountTest(options: {
  runs: number;
  usual: number;
  longest: number;
  seed: number;
  timeoutMs: number;
}): void {
  const { runs, longest, seed, timeoutMs } = options;
  // The pause after a conflict is the only thing left to chance.
  beforeAll(() => void vi.spyOn(Math, 'random').mockReturnValue(0));
  afterAll(() => void vi.restoreAllMocks());

  test(`${runs} sequences of up to ${longest} operations leave every account as the model has it`, {
    timeout: timeoutMs,
  }, async () => {
    // A failure is made as small as time allows and told with its seed, before the test itself is cut off.
    const parameters = { seed, numRuns: runs, interruptAfterTimeLimit: timeoutMs * 0.9, markInterruptAsFailure: true };
    await fc.assert(
      fc.asyncProperty(sequences(options), (sequence) => new AccountRun(sequence.policy).run(sequence)),
      parameters,
    );
  });
}

/** A process that ends in the middle of a write, before or after it took effect. */
class Crash extends Error {}

type Parcel = { fact: LoyaltyFact; model: ModelFact };
type Redemption = { memberId: string; redemptionId: string; points: number; orderId?: string };
type Adjustment = { memberId: string; adjustmentId: string; points: number; reason: string };

const DAY_MS = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString();
/** The youngest for 0, and so on backwards; undefined where there is none. */
const pick = <Item>(items: readonly Item[], which: number): Item | undefined =>
  items[items.length - 1 - (which % Math.max(1, items.length))];

class AccountRun {
  nowMs = Date.parse('2026-01-20T08:30:00Z');
  readonly policies: [{ fromMs: number; policy: Policy }, ...{ fromMs: number; policy: Policy }[]];
  readonly profile: MemoryProfile = memoryProfileStore();
  readonly facts: ModelFact[] = [];
  readonly told = new Map<string, number>();
  /** Whoever was named by a fact of an order: any of them may be the one it belongs to. */
  readonly namedBy = new Map<string, Set<string>>();
  readonly orders: { id: string; member: string | undefined }[] = [];
  readonly redemptions: Redemption[] = [];
  readonly adjustments: Adjustment[] = [];
  readonly arrived: Parcel[] = [];
  readonly held: Parcel[] = [];
  readonly checks = new AccountChecks(MEMBERS);
  luck: Luck = { kind: 'none' };
  /** Whether the write that a crash came with took effect. */
  written = false;
  events = 0;

  constructor(policy: number) {
    this.policies = [{ fromMs: Number.NEGATIVE_INFINITY, policy: POLICIES[policy] as Policy }];
  }

  async run({ operations }: Sequence): Promise<void> {
    for (const operation of operations) {
      await this.operate(operation);
      this.checks.check(this);
    }
    while (this.held.length > 0) {
      await this.arrive(0, { kind: 'none' });
      this.checks.check(this);
    }
    this.nowMs += 800 * DAY_MS;
    this.checks.check(this);
  }

  async operate(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'send':
        return this.send(operation.sending, operation.luck);
      case 'command':
        this.luck = operation.luck;
        return this.command(operation.command, true);
      case 'together': {
        this.luck = { kind: 'none' };
        const { second } = operation;
        await Promise.all([
          this.send({ ...operation.first, held: false }, this.luck),
          'held' in second ? this.send({ ...second, held: false }, this.luck) : this.command(second, false),
        ]);
        return;
      }
      case 'checkout': {
        this.luck = { kind: 'none' };
        const { amounts, order } = operation;
        const { member } = order;
        for (const amount of member < 0 ? [] : amounts) {
          await this.command({ kind: 'redeem', member, amount, pays: 'the next order', order: 0 }, true);
        }
        this.nowMs += 60_000;
        return this.send(order, this.luck);
      }
      case 'trip': {
        const { member, zones, hours } = operation;
        for (const zone of zones) {
          await this.send({ kind: 'introduced', member, zone, hoursAgo: 0, held: false }, { kind: 'none' });
          await this.send({ kind: 'checked in', member, hoursAgo: 0, held: false }, { kind: 'none' });
          this.nowMs += hours * 3_600_000;
        }
        return;
      }
      case 'arrive':
        return this.arrive(operation.which, operation.luck);
      case 'duplicate': {
        const parcel = pick(this.arrived, operation.which);
        if (parcel !== undefined) await this.unchanged('a duplicate', () => this.book(parcel.fact));
        return;
      }
      case 'altered': {
        const parcel = pick(this.arrived, operation.which);
        if (parcel !== undefined) await this.unchanged('an id with other content', () => this.refused(parcel));
        return;
      }
      case 'sweep':
        return this.sweep(MEMBERS[operation.member] as string, operation.luck);
      case 'policy':
        // A policy is put after all that has been decided so far.
        this.nowMs = Math.max(this.nowMs, ...this.facts.map(({ at }) => at)) + 1;
        this.policies.push({ fromMs: this.nowMs, policy: POLICIES[operation.which] as Policy });
        return;
      case 'clock':
        this.nowMs += operation.ms;
    }
  }

  // ------------------------------------------------------------------------------------------------------------ events

  async send(sending: Sending, luck: Luck): Promise<void> {
    const parcel = this.parcel(sending);
    if (parcel === undefined) return;
    if (sending.held) this.held.push(parcel);
    else await this.deliver(parcel, luck);
  }

  async arrive(which: number, luck: Luck): Promise<void> {
    const parcel = pick(this.held, which);
    if (parcel === undefined) return;
    this.held.splice(this.held.indexOf(parcel), 1);
    await this.deliver(parcel, luck);
  }

  /** After a crash the event comes again, some time later. */
  async deliver(parcel: Parcel, luck: Luck): Promise<void> {
    this.luck = luck;
    this.written = false;
    try {
      await this.book(parcel.fact);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.held.push(parcel);
      if (!this.written) return;
    }
    if (this.facts.some(({ id }) => id === parcel.model.id)) return;
    this.tell(parcel.model);
    this.arrived.push(parcel);
  }

  async book(fact: LoyaltyFact): Promise<void> {
    if (fact.kind === 'order') await bookOrder(fact.orderId, fact.fact, this.around());
    else if (fact.kind === 'cause') await bookCause(fact, this.around());
  }

  async refused({ fact: known }: Parcel): Promise<void> {
    if (known.kind === 'identification') return;
    const fact = { ...known.fact, hash: `not-${known.fact.hash}` };
    const failure = await this.book({ ...known, fact } as LoyaltyFact).catch((error: unknown) => error);
    expect(failure, 'an id with other content is refused').toBeInstanceOf(PermanentFailure);
    expect(failure, 'the refusal says why').toMatchObject({ code: 'id_reused' });
  }

  parcel(sending: Sending): Parcel | undefined {
    const at = this.nowMs - sending.hoursAgo * 3_600_000;
    const time = iso(at);
    const id = `e${this.events + 1}`;
    const told = this.toTell(sending, { time, id, at });
    if (told === undefined) return undefined;
    this.events += 1;
    return { fact: story.factOf(told.told), model: { ...told.model, id, at } as ModelFact };
  }

  tell(fact: ModelFact): void {
    this.facts.push(fact);
    const order = 'order' in fact && fact.kind !== 'redeemed' ? fact.order : undefined;
    const names = order === undefined ? new Set<string>() : (this.namedBy.get(order) ?? new Set<string>());
    if (order !== undefined) this.namedBy.set(order, names);
    if (fact.member !== undefined) names.add(fact.member);
    for (const name of names) this.told.set(name, (this.told.get(name) ?? 0) + 1);
  }

  /** What is sent, as an event of the shop and as the model is told of it. */
  toTell(
    sending: Sending,
    { time, id }: { time: string; id: string; at: number },
  ): { told: story.Told; model: Untimed<ModelFact> } | undefined {
    if ('member' in sending && sending.kind !== 'order') {
      const memberId = MEMBERS[sending.member] as string;
      const parts = { memberId, id };
      switch (sending.kind) {
        case 'checked in':
          return { told: story.checkedIn(time, parts), model: { kind: 'checked_in', member: memberId } };
        case 'introduced': {
          const { zone } = sending;
          const told = story.introduced(time, { ...parts, timeZone: zone });
          return { told, model: { kind: 'introduced', member: memberId, zone } };
        }
        case 'review': {
          const reviewId = `${memberId}-${sending.review}`;
          const told = story.reviewed(time, sending.step, { ...parts, reviewId });
          return { told, model: { kind: `review_${sending.step}`, member: memberId, review: reviewId } };
        }
        case 'reward': {
          const rewardId = `${memberId}-${sending.reward}`;
          const { points } = sending;
          if (points === undefined) {
            const told = story.revoked(time, { ...parts, rewardId });
            return { told, model: { kind: 'revoked', member: memberId, reward: rewardId } };
          }
          const told = story.rewarded(time, points, { ...parts, rewardId });
          return { told, model: { kind: 'rewarded', member: memberId, reward: rewardId, points } };
        }
      }
    }
    if (sending.kind === 'order') return this.orderTold(sending, { time, id });
    if ('member' in sending) return undefined;
    const order = pick(this.orders, sending.order);
    if (order === undefined) return undefined;
    const member = 'names' in sending ? this.named(order.member, sending.names) : undefined;
    const parts = { id, orderId: order.id, ...(member !== undefined && { memberId: member }) };
    const base = { order: order.id, member };
    switch (sending.kind) {
      case 'completed':
        return { told: story.completed(time, parts), model: { kind: 'completed', ...base } };
      case 'cancelled':
        return { told: story.cancelled(time, parts), model: { kind: 'cancelled', ...base } };
      case 'returned':
      case 'returned again': {
        const returnId = sending.kind === 'returned' ? `ret-${id}` : `ret-${order.id}`;
        const told = story.returned(time, Object.fromEntries(sending.pieces), { ...parts, returnId });
        const lines = sending.pieces.map(([lineNumber, quantity]) => ({ lineId: String(lineNumber), quantity }));
        return { told, model: { kind: 'returned', ...base, returnId, lines } };
      }
    }
  }

  orderTold(
    { member: number, currency, lines, redemption: named, coupons }: Extract<Sending, { kind: 'order' }>,
    { time, id }: { time: string; id: string },
  ): { told: story.Told; model: Untimed<ModelFact> } {
    const orderId = `o${this.orders.length + 1}`;
    const member = MEMBERS[number];
    const count = this.redemptions.length;
    const redemption = named === 'none' ? undefined : `r${named === 'next' ? count + 1 : count}`;
    const parts = {
      id,
      orderId,
      currency,
      lines,
      ...(redemption !== undefined && { redemptionId: redemption }),
      ...(coupons && { couponIds: [`coupon-${id}`] }),
    };
    const told =
      member === undefined ? story.guestPlaced(time, parts) : story.placed(time, { ...parts, memberId: member });
    this.orders.push({ id: orderId, member });
    return { told, model: { kind: 'placed', order: orderId, member, currency, lines, redemption } };
  }

  named(owner: string | undefined, names: 'nobody' | 'owner' | 'another'): string | undefined {
    if (names === 'nobody') return undefined;
    if (names === 'owner') return owner;
    return MEMBERS.find((member) => member !== owner);
  }

  // ---------------------------------------------------------------------------------------------------------- commands

  /** @param alone whether nothing else happens at the same time, so that what is answered can be foretold */
  async command(command: Command, alone: boolean): Promise<void> {
    switch (command.kind) {
      case 'redeem': {
        const redemption = this.newRedemption(command);
        this.redemptions.push(redemption);
        return this.redeem(redemption, alone);
      }
      case 'redeem again': {
        const known = pick(this.redemptions, command.which);
        if (known === undefined) return;
        return this.redeem(command.altered ? { ...known, points: known.points + 1 } : known, alone);
      }
      case 'release': {
        const known = pick(this.redemptions, command.which);
        if (known !== undefined) await this.release(known, alone);
        return;
      }
      case 'adjust': {
        const memberId = MEMBERS[command.member] as string;
        const adjustmentId = `a${this.adjustments.length + 1}`;
        const adjustment = { memberId, adjustmentId, points: command.points, reason: 'with our apologies' };
        this.adjustments.push(adjustment);
        return this.adjust(adjustment, alone);
      }
      case 'adjust again': {
        const known = pick(this.adjustments, command.which);
        if (known === undefined) return;
        return this.adjust(command.altered ? { ...known, points: known.points + 1 } : known, alone);
      }
    }
  }

  newRedemption({ member, amount, pays, order }: Extract<Command, { kind: 'redeem' }>): Redemption {
    const memberId = MEMBERS[member] as string;
    const { available } = this.model(memberId);
    const points = {
      'one too many': available + 1,
      none: 0,
      'less than none': -Math.max(1, available),
      share: Math.max(1, Math.floor((available * (typeof amount === 'number' ? amount : 0)) / 1_000)),
    }[typeof amount === 'number' ? 'share' : amount];
    const known = this.orders.filter((it) => (it.member === memberId) === (pays === 'an order'));
    const orderId = {
      nothing: undefined,
      'an order': pick(known, order)?.id,
      'the next order': `o${this.orders.length + 1}`,
      'an order of another': pick(known, order)?.id,
    }[pays];
    const redemptionId = `r${this.redemptions.length + 1}`;
    return { memberId, redemptionId, points, ...(orderId !== undefined && { orderId }) };
  }

  async redeem(command: Redemption, alone: boolean): Promise<void> {
    const { memberId, redemptionId: id, points, orderId } = command;
    const known = this.facts.find((fact) => fact.kind === 'redeemed' && fact.id === id);
    const before = this.commandTime(memberId);
    const wanted = this.redemptionAnswer(command);
    const left = orderId === undefined ? undefined : this.order(orderId)?.left;
    const question = { what: `redemption ${id}`, wanted, known: known !== undefined, alone };
    const receipt = await this.ask({ ...question, ...postRedemption, body: bodyOf(command) }, () =>
      redeem(command, this.around()),
    );
    if (receipt === undefined) return;
    const at = Date.parse(receipt.at);
    expect(receipt.points, 'a receipt says what was asked for').toBe(points);
    if (known !== undefined) {
      expect(at, 'a redemption given again has the same receipt').toBe(known.at);
      return;
    }
    // What the order was known to be worth, which another write of the same moment may have changed.
    const [fact] = this.profile.causes.get(`${memberId}/redemption:${id}`)?.facts ?? [];
    const bill = fact?.kind === 'redeemed' ? fact.data.orderNet : undefined;
    if (alone) expect(bill, 'a redemption goes by what is left of its order').toBe(left);
    this.tell({ kind: 'redeemed', id, at, member: memberId, redemption: id, points, order: orderId, bill });
    if (!alone) return;
    expect(at, 'a redemption counts after all that was before').toBe(before.at);
    expect(points, 'never more is spent than is available').toBeLessThanOrEqual(before.account.available);
    this.expectBalance(memberId, receipt);
  }

  /** What a redemption has to be answered, by the model. */
  redemptionAnswer(command: Redemption): string {
    const { memberId, redemptionId, points, orderId } = command;
    if (points < 1) return 'invalid_request';
    const known = this.facts.find(
      (fact) => fact.kind === 'redeemed' && fact.redemption === redemptionId && fact.member === memberId,
    );
    if (known?.kind === 'redeemed') return known.points === points && known.order === orderId ? 'done' : 'id_reused';
    if (!this.profile.accounts.has(memberId)) return 'unknown_member';
    const { at, account } = this.commandTime(memberId);
    const order = orderId === undefined ? undefined : this.order(orderId);
    if (order !== undefined && order.member !== memberId) return 'order_of_another';
    if (order?.cancelled === true) return 'order_cancelled';
    const policy = this.policies.findLast(({ fromMs }) => fromMs <= at)?.policy as Policy;
    if (points > policy.points.redemption.largestPoints) return 'redemption_too_large';
    if (points > account.available) return 'insufficient_points';
    const paid = account.paid.get(orderId ?? '') ?? 0;
    if (order !== undefined && points + paid > modelPayable(order.left, policy)) return 'order_share_exceeded';
    return 'done';
  }

  async release({ memberId, redemptionId }: Redemption, alone: boolean): Promise<void> {
    const of = (kind: 'redeemed' | 'released') =>
      this.facts.find((fact) => fact.kind === kind && fact.redemption === redemptionId);
    const known = of('released') !== undefined;
    const open = this.commandTime(memberId).account.open.get(redemptionId);
    const wanted =
      of('redeemed') === undefined ? 'unknown' : known || open?.bound === false ? 'done' : 'redemption_in_use';
    const receipt = await this.ask({ what: `the release of ${redemptionId}`, wanted, known, alone, body: {} }, () =>
      release({ memberId, redemptionId }, this.around()),
    );
    if (receipt === undefined || known) return;
    const told = { id: `release:${redemptionId}`, member: memberId, redemption: redemptionId };
    this.tell({ kind: 'released', at: Date.parse(receipt.at), ...told });
    if (alone) this.expectBalance(memberId, receipt);
  }

  async adjust(command: Adjustment, alone: boolean): Promise<void> {
    const { memberId, adjustmentId: id, points } = command;
    const known = this.facts.find((fact) => fact.id === id);
    const { at, account } = this.commandTime(memberId);
    const wanted = () => {
      if (points === 0) return 'invalid_request';
      if (known?.kind === 'adjusted') return known.points === points ? 'done' : 'id_reused';
      if (!this.profile.accounts.has(memberId)) return 'unknown_member';
      return account.available + points < 0 ? 'insufficient_points' : 'done';
    };
    const question = { what: `adjustment ${id}`, wanted: wanted(), known: known !== undefined, alone };
    const receipt = await this.ask({ ...question, ...postAdjustment, body: bodyOf(command) }, () =>
      adjust({ ...command, by: 'desk' }, { ...this.around(), words: memoryWords() }),
    );
    if (receipt === undefined || known !== undefined) return;
    this.tell({ kind: 'adjusted', id, at: Date.parse(receipt.at), member: memberId, points });
    if (!alone) return;
    expect(Date.parse(receipt.at), 'an adjustment counts after all that was before').toBe(at);
    expect(account.available + points, 'what is given or taken is given or taken').toBe(
      this.model(memberId, at).available + (points > 0 ? Math.min(points, account.debt) : 0),
    );
    this.expectBalance(memberId, receipt);
  }

  /**
   * Gives a command to the door and what is behind it; after a crash it is given again, as its client would. What is
   * refused, and what is given again, changes nothing that is stored.
   */
  async ask<Receipt>(
    question: {
      what: string;
      wanted: string;
      known: boolean;
      alone: boolean;
      bodySchema?: typeof postRedemption.bodySchema;
      body: object;
    },
    run: () => Promise<Outcome<string, Receipt> | undefined>,
  ): Promise<Receipt | undefined> {
    const { what, wanted, known, alone, bodySchema, body } = question;
    const still = alone && (known || wanted !== 'done');
    const before = still ? this.bytes() : '';
    const outcome: Outcome<string, Receipt> | undefined =
      bodySchema?.safeParse(body).success === false
        ? { kind: 'refused', code: 'invalid_request', detail: '' }
        : await run().catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
            return run();
          });
    if (alone) expect(kindOf(outcome), `${what} is answered as it should be`).toBe(wanted);
    if (still) expect(this.bytes() === before, `${what}, refused or given again, changes nothing`).toBe(true);
    return outcome?.kind === 'done' ? outcome.receipt : undefined;
  }

  expectBalance(memberId: string, receipt: { at: string; balance: Balance }): void {
    const { available, pending, debt } = this.model(memberId, Date.parse(receipt.at));
    expect(receipt.balance, 'a receipt says what is left').toEqual({ available, pending, debt });
  }

  // -------------------------------------------------------------------------------------------------------- the rest

  async sweep(memberId: string, luck: Luck): Promise<void> {
    const due = { note: async () => {}, due: async () => [], done: async () => {}, forget: async () => {} };
    const note = { memberId, hour: '', accountVersion: 0 };
    const run = () => bookMember(note, { ...this.around(), due });
    this.luck = luck;
    await run().catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      return run();
    });
    const record = this.profile.accounts.get(memberId);
    if (record === undefined) return;
    expect(accountAt(record.account, this.nowMs, this.policies).entries, 'a sweep leaves nothing that is due').toEqual(
      [],
    );
  }

  async unchanged(what: string, action: () => Promise<void>): Promise<void> {
    this.luck = { kind: 'none' };
    const before = this.bytes();
    await action();
    expect(this.bytes() === before, `${what} changes nothing`).toBe(true);
  }

  /** Everything that is stored, to the byte. */
  bytes(): string {
    const { orders, accounts, visitors, causes, pages, guests } = this.profile;
    return JSON.stringify([...[orders, accounts, visitors, causes, pages].map((it) => [...it]), guests]);
  }

  model(member: string, nowMs = this.nowMs) {
    return modelAccount(this.facts, { member, nowMs, policies: this.policies });
  }

  order(order: string) {
    return modelOrder(this.facts, { order, nowMs: Number.POSITIVE_INFINITY, policies: this.policies });
  }

  /** When a command would count, and what the member has then. */
  commandTime(memberId: string) {
    const { lastAt = Number.NEGATIVE_INFINITY } = this.model(memberId);
    const at = Math.max(this.nowMs, lastAt + 1);
    return { at, account: this.model(memberId, at) };
  }

  around(): Surroundings {
    return { profile: this.unlucky(), policies: this.policies, nowMs: this.nowMs };
  }

  /** The store, whose next write meets what luck has in store for it. */
  unlucky(): ProfileStore {
    const { profile } = this;
    return {
      ...profile,
      save: async (writes) => {
        const { luck } = this;
        if (luck.kind === 'conflicts' && luck.times > 0) {
          this.luck = { ...luck, times: luck.times - 1 };
          throw new WriteConflict(new Error('somebody was faster'));
        }
        this.luck = { kind: 'none' };
        if (luck.kind === 'crash' && luck.when === 'before') throw new Crash();
        await profile.save(writes);
        if (luck.kind !== 'crash') return;
        this.written = true;
        throw new Crash();
      },
    };
  }
}

type Untimed<Fact> = Fact extends unknown ? Omit<Fact, 'id' | 'at'> : never;

function bodyOf<Command extends { memberId: string }>({ memberId: _, ...body }: Command): object {
  return body;
}

function kindOf(outcome: { kind: string; code?: string } | undefined): string {
  return outcome === undefined ? 'unknown' : outcome.kind === 'refused' ? (outcome.code ?? '') : outcome.kind;
}
