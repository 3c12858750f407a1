/** The letters that nobody could take: looked at without taking them, sent again to whom they were meant for, or dropped. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PutRecordCommand } from '@aws-sdk/client-firehose';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { RepairBackend } from './backend.ts';
import { type Letter, parsed, readLetter } from './letter.ts';
import { type Addressee, type LetterBox, letterBoxesOf } from './letter-boxes.ts';
import { depthOf, giveBack, type Held, hold, holdOn, remove } from './peek.ts';
import { recordsOf } from './stream-records.ts';

/** The alias of the version that runs. */
const LIVE = 'live';
/** So many letters of a queue are looked at in one go at most. */
export const LETTERS_LIMIT = 10_000;
/** How long a letter is held whose function runs: the longest that Lambda lets one run, and a little. */
const INVOCATION_SECONDS = 960;
/** How often it is looked what has become of what was sent again. */
const WATCH_MS = { local: 100, deployed: 5_000 };
/** Deployed, it takes a while until a queue counts what was sent to it: before that, empty says nothing. */
const COUNTED_AFTER_MS = 20_000;

/** A queue of dead letters that is not empty. */
export type FullBox = { box: LetterBox; count: number; letters: Letter[] };

/** What became of a letter that was sent again. */
export type Redriven = {
  letter: Letter;
  /** `taken`; `failed`, and it stands among the dead letters as before; `unknown`: within the time nothing could be said. */
  outcome: 'taken' | 'failed' | 'unknown';
  reason?: string;
  /** Under which id it stands now, where it failed. */
  messageId?: string;
};

type HeldLetter = {
  box: LetterBox;
  letter: Letter;
  held: Held;
  /** The ids of all that was in the queue with it: what comes back is none of these. */
  before: ReadonlySet<string>;
};

export type Chosen = { queue?: string | undefined; id?: string | undefined };

/** The queues of a stage in which letters end, by what is asked for. */
export function boxesOf(backend: RepairBackend, { queue }: Chosen = {}): LetterBox[] {
  return letterBoxesOf(backend.stage).filter((box) => queue === undefined || box.queue === queue);
}

/** What is in the queues, up to so many letters of each, oldest first. Nothing is taken. */
export async function lookThrough(backend: RepairBackend, chosen: Chosen, limit = LETTERS_LIMIT): Promise<FullBox[]> {
  const full: FullBox[] = [];
  for (const { box, url, count } of await filled(backend, chosen)) {
    const held = await hold(backend.sqs, url, limit);
    await giveBack(backend.sqs, held);
    const letters = held.map(({ message }) => readLetter(box.queue, message));
    full.push({ box, count: Math.max(count, letters.length), letters: letters.sort(oldestFirst) });
  }
  return full;
}

/** One letter by its id, given back at once; undefined where there is none. */
export async function findLetter(backend: RepairBackend, id: string): Promise<Letter | undefined> {
  for (const { letters } of await lookThrough(backend, {})) {
    const found = letters.find(({ messageId }) => messageId === id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Sends letters again, to the one that they were meant for and nobody else: the others have had them. A letter is taken out
 * of its queue only after it has been handed over, so it is never lost; a process that dies in between leaves it twice, which
 * changes nothing, because whoever takes a letter takes it once.
 * @param onOutcome told of each letter as soon as it is known what became of it
 */
export async function redrive(
  backend: RepairBackend,
  chosen: Chosen,
  { waitMs, onOutcome }: { waitMs: number; onOutcome: (redriven: Redriven) => void },
): Promise<Redriven[]> {
  const letters = await take(backend, chosen);
  const outcomes: Redriven[] = [];
  const tell = (redriven: Redriven): void => {
    outcomes.push(redriven);
    onOutcome(redriven);
  };
  const sent: Sent[] = [];
  for (const [index, taken] of letters.entries()) {
    try {
      const { addressee } = taken.box;
      if (addressee.kind === 'queue') sent.push(await sendAgain(backend, taken, addressee.queue));
      else tell(await handOver(backend, taken, addressee));
    } catch (error) {
      await giveBack(
        backend.sqs,
        letters.slice(index).map(({ held }) => held),
      );
      throw error;
    }
  }
  for (const [, ofBox] of Map.groupBy(sent, ({ box }) => box.addressee)) await watch(backend, ofBox, waitMs, tell);
  return outcomes;
}

/** Throws letters away, and returns them. */
export async function drop(backend: RepairBackend, chosen: Chosen): Promise<Letter[]> {
  const letters = await take(backend, chosen);
  for (const { held } of letters) await remove(backend.sqs, held);
  return letters.map(({ letter }) => letter);
}

async function filled(
  backend: RepairBackend,
  chosen: Chosen,
): Promise<{ box: LetterBox; url: string; count: number }[]> {
  const looked = await Promise.all(
    boxesOf(backend, chosen).map(async (box) => {
      const url = await backend.queueUrl(box.queue);
      return { box, url: url ?? '', count: url === undefined ? 0 : await depthOf(backend.sqs, url) };
    }),
  );
  return looked.filter(({ count }) => count > 0);
}

/** Holds the letters that are meant; those that were seen on the way to one of them are given back. */
async function take(backend: RepairBackend, chosen: Chosen): Promise<HeldLetter[]> {
  const { sqs } = backend;
  const letters: HeldLetter[] = [];
  for (const { box, url } of await filled(backend, chosen)) {
    const { id } = chosen;
    const seen = await hold(sqs, url, LETTERS_LIMIT);
    const before = new Set(seen.map(({ message }) => message.MessageId ?? ''));
    const meant = (held: Held): boolean => id === undefined || held.message.MessageId === id;
    await giveBack(
      sqs,
      seen.filter((held) => !meant(held)),
    );
    const letterOf = ({ message }: Held): Letter => readLetter(box.queue, message);
    letters.push(...seen.filter(meant).map((held) => ({ box, held, before, letter: letterOf(held) })));
    if (id !== undefined && letters.length > 0) break;
  }
  return letters.sort((one, other) => oldestFirst(one.letter, other.letter));
}

type Sent = HeldLetter & { sentAtMs: number };

/** To the queue of the reaction, and only then out of the queue of the dead. */
async function sendAgain(backend: RepairBackend, taken: HeldLetter, queue: string): Promise<Sent> {
  const url = await backend.queueUrl(queue);
  if (url === undefined) throw new Error(`There is no queue ${queue} any more to send the letter to.`);
  await backend.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: taken.letter.body }));
  await remove(backend.sqs, taken.held);
  return { ...taken, sentAtMs: Date.now() };
}

/** To the function itself, whose answer says at once what became of it; a letter that fails is left where it is. */
async function handOver(
  backend: RepairBackend,
  { letter, held }: HeldLetter,
  addressee: Exclude<Addressee, { kind: 'queue' }>,
): Promise<Redriven> {
  const failed = async (reason: string): Promise<Redriven> => {
    await giveBack(backend.sqs, [held]);
    return { letter, outcome: 'failed', reason, messageId: letter.messageId };
  };
  const done = async (): Promise<Redriven> => {
    await remove(backend.sqs, held);
    return { letter, outcome: 'taken' };
  };
  if (addressee.kind === 'nobody') return failed('it is of a preview, and nobody waits for it: drop it');
  if (addressee.kind === 'lake') {
    const Data = Buffer.from(letter.body);
    await backend.firehose.send(
      new PutRecordCommand({ DeliveryStreamName: addressee.deliveryStream, Record: { Data } }),
    );
    return done();
  }
  let event = parsed(letter.body);
  if (addressee.kind === 'stream') {
    const found = await recordsOf(backend, addressee, letter.body);
    if (!found.ok) return failed(found.reason);
    event = { Records: found.records };
  }
  await holdOn(backend.sqs, held, INVOCATION_SECONDS);
  const { FunctionError, Payload } = await backend.lambda.send(
    new InvokeCommand({
      FunctionName: addressee.functionName,
      Qualifier: LIVE,
      Payload: Buffer.from(JSON.stringify(event ?? {})),
    }),
  );
  const answer = parsed(Buffer.from(Payload ?? []).toString('utf8')) as
    | { errorMessage?: string; batchItemFailures?: unknown[] }
    | null
    | undefined;
  if (FunctionError !== undefined) return failed(answer?.errorMessage ?? FunctionError);
  const left = answer?.batchItemFailures?.length ?? 0;
  return left > 0 ? failed('the function reported it as failed') : done();
}

/**
 * Looks what becomes of letters that are back in the queue of their reaction. One that failed again stands in the queue of the
 * dead, with the same body under another id. Those that have not come back when the reaction's queue is empty are taken.
 */
async function watch(
  backend: RepairBackend,
  sent: readonly Sent[],
  waitMs: number,
  tell: (redriven: Redriven) => void,
): Promise<void> {
  const [first] = sent;
  if (first === undefined || first.box.addressee.kind !== 'queue') return;
  const { queue } = first.box.addressee;
  const url = await backend.queueUrl(queue);
  const dead = boxesOf(backend).filter(({ addressee }) => addressee.kind === 'queue' && addressee.queue === queue);
  const open = new Set(sent);
  const everyMs = backend.local ? WATCH_MS.local : WATCH_MS.deployed;
  const untilMs = Date.now() + waitMs;
  for (let quiet = 0; open.size > 0; ) {
    // What an empty queue has handed to a function may still be on its way back: twice empty is empty.
    const counted = backend.local || Date.now() - first.sentAtMs > COUNTED_AFTER_MS;
    quiet = counted && (url === undefined || (await depthOf(backend.sqs, url)) === 0) ? quiet + 1 : 0;
    await tellFailed(backend, dead, open, tell);
    const over = Date.now() >= untilMs;
    if (quiet >= 2 || over) break;
    await sleep(everyMs);
  }
  const empty = url === undefined || (await depthOf(backend.sqs, url)) === 0;
  for (const { letter } of open) {
    tell(
      empty
        ? { letter, outcome: 'taken' }
        : { letter, outcome: 'unknown', reason: `it is not back, and ${queue} is not empty yet` },
    );
  }
}

async function tellFailed(
  backend: RepairBackend,
  dead: readonly LetterBox[],
  open: Set<Sent>,
  tell: (redriven: Redriven) => void,
): Promise<void> {
  for (const { queue } of dead) {
    const url = await backend.queueUrl(queue);
    if (url === undefined || (await depthOf(backend.sqs, url)) === 0) continue;
    const held = await hold(backend.sqs, url, LETTERS_LIMIT);
    await giveBack(backend.sqs, held);
    const free = held.map(({ message }) => readLetter(queue, message));
    for (const it of [...open]) {
      const at = free.findIndex((other) => !it.before.has(other.messageId) && isSame(it.letter, other));
      const [back] = at < 0 ? [] : free.splice(at, 1);
      if (back === undefined) continue;
      open.delete(it);
      tell({ letter: it.letter, outcome: 'failed', reason: `${back.code}: ${back.reason}`, messageId: back.messageId });
    }
  }
}

/** Whether two letters carry the same: the same words, or the same event, which may have been sealed in between. */
function isSame(one: Letter, other: Letter): boolean {
  if (one.body === other.body) return true;
  return one.eventId !== undefined && one.eventId === other.eventId && one.type === other.type;
}

const oldestFirst = (one: Letter, other: Letter): number => one.sinceMs - other.sinceMs;
