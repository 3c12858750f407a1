/** The lines of each bill, from what was measured, how AWS counts, and what is assumed. */
import { stages } from '../../infra/config.ts';
import type { EventEffort, IntakeEffort, OrderLife } from './order-life.ts';
import { ASSUMPTIONS, COUNTING, NAIVE } from './prices.ts';
import type { BillLine } from './pricing.ts';

/** Prices are those of production. */
const { reaction, stream, http, lake } = stages.prod;

const ORDERS = 1_000_000;

export type Batches = { messages: number; records: number };

export const ASSUMED_BATCHES: Batches = {
  messages: ASSUMPTIONS.messagesPerBatch,
  records: ASSUMPTIONS.recordsPerBatch,
};

/** All that one event of an order sets off, once it is on the bus: as if a service had put it there directly. */
export function eventLines(name: string, effort: EventEffort, { messages, records }: Batches): BillLine[] {
  const cpuMs = effort.cpuOfOneMs + ((effort.cpuOfTenMs - effort.cpuOfOneMs) * (messages - 1)) / 9;
  // The claims are read, and each new one written, before an order and its account are read and written.
  const waitMs = 2 * ASSUMPTIONS.readMs + ASSUMPTIONS.writeMs + ASSUMPTIONS.transactionMs;
  const publisherMs = timeOf(publisherCpuMs(effort, records), ASSUMPTIONS.putEventsMs, stream.memoryMb);
  const reactionMs = timeOf(cpuMs, waitMs, reaction.memoryMb);
  const told = Object.entries(effort.publishedTypes).map(([type, count]) => `${count.toFixed(2)} ${type}`);
  return [
    line(
      'EventBridge',
      `${name} on the bus`,
      'busEvent',
      1,
      'documented',
      `${round(effort.busBytes)} B, one chunk of 64 KB`,
    ),
    line(
      'EventBridge',
      'what is published of it',
      'busEvent',
      effort.publishedEvents,
      'measured',
      told.join(', ') || 'nothing',
    ),
    line(
      'EventBridge',
      'archive',
      'archive',
      effort.busBytes / COUNTING.bytesPerGb,
      'measured',
      `${round(effort.busBytes)} B of what the shop sent`,
    ),
    line('SQS', 'send', 'queueRequest', 1, 'documented', 'EventBridge sends each event by itself'),
    line('SQS', 'receive and delete', 'queueRequest', 2 / messages, 'assumed', `batches of ${messages}`),
    line('Lambda', 'reaction: invocations', 'lambdaRequest', 1 / messages, 'assumed', `batches of ${messages}`),
    line(
      'Lambda',
      'reaction: time',
      'lambdaTime',
      gbSeconds(reactionMs, reaction.memoryMb) / messages,
      'assumed',
      `${ms(cpuMs)} CPU measured -> ${ms(reactionMs)} at ${reaction.memoryMb} MB`,
    ),
    line(
      'DynamoDB',
      "claim of the event's id: write",
      'dynamoWrite',
      effort.claimWru,
      'measured',
      'one item per event, for ever',
    ),
    line(
      'DynamoDB',
      "claim of the event's id: read",
      'dynamoRead',
      effort.admissionRru,
      'measured',
      'eventually consistent',
    ),
    line(
      'DynamoDB',
      'order and account: write',
      'dynamoWrite',
      effort.reactionWru,
      'measured',
      'one transaction; pages of the journal in it',
    ),
    line(
      'DynamoDB',
      'order and account: read',
      'dynamoRead',
      effort.reactionRru,
      'measured',
      'one request, eventually consistent',
    ),
    line(
      'DynamoDB',
      'stream, read by Lambda',
      'dynamoRead',
      0,
      'documented',
      'reads by a function of the table are free',
    ),
    line(
      'Lambda',
      'publisher: invocations',
      'lambdaRequest',
      effort.streamRecords / records,
      'assumed',
      `${effort.streamRecords.toFixed(2)} records (measured), batches of ${records}`,
    ),
    line(
      'Lambda',
      'publisher: time',
      'lambdaTime',
      (gbSeconds(publisherMs, stream.memoryMb) * effort.streamRecords) / records,
      'assumed',
      `${ms(publisherCpuMs(effort, records))} CPU measured -> ${ms(publisherMs)} at ${stream.memoryMb} MB`,
    ),
    ...lakeLines(effort),
    line(
      'CloudWatch',
      'logs',
      'log',
      (logBytes(effort) / messages + (logBytes(effort) * effort.streamRecords) / records) / COUNTING.bytesPerGb,
      'measured',
      `${round(logBytes(effort))} B per invocation, of both functions`,
    ),
    line(
      'KMS',
      'requests',
      'keyRequest',
      keyRequests() / ORDERS,
      'assumed',
      `data keys are reused; ${round(keyRequests())} in ${ASSUMPTIONS.hours} h`,
    ),
  ];
}

/** What `POST /v1/events` adds for each event that comes that way. */
export function intakeLines({ events, cpuMs, bodyBytes, answerBytes, claimWru }: IntakeEffort): BillLine[] {
  // PutEvents takes ten entries, and five requests are under way at a time.
  const putRounds = Math.ceil(Math.ceil(events / 10) / 5);
  const waitMs = ASSUMPTIONS.writeMs * Math.ceil(events / 64) + ASSUMPTIONS.putEventsMs * putRounds;
  const takenMs = timeOf(cpuMs, waitMs, http.memoryMb);
  const chunks = Math.ceil(bodyBytes / (512 * 1_024));
  return [
    line('API Gateway', 'HTTP API', 'httpRequest', chunks / events, 'documented', `${round(bodyBytes)} B per request`),
    line('Lambda', 'intake: invocations', 'lambdaRequest', 1 / events, 'documented', 'one per request'),
    line(
      'Lambda',
      'intake: time',
      'lambdaTime',
      gbSeconds(takenMs, http.memoryMb) / events,
      'assumed',
      `${ms(cpuMs)} CPU measured -> ${ms(takenMs)} at ${http.memoryMb} MB`,
    ),
    line(
      'DynamoDB',
      "claim of the event's id: write",
      'dynamoWrite',
      claimWru,
      'measured',
      'in place of the one in (a)',
    ),
    line(
      'CloudWatch',
      'access log',
      'log',
      (ASSUMPTIONS.accessLogBytes + COUNTING.logLineOverheadBytes) / events / COUNTING.bytesPerGb,
      'assumed',
      `${ASSUMPTIONS.accessLogBytes} B per request`,
    ),
    line(
      'Transfer',
      'answers to the internet',
      'transferOut',
      answerBytes / events / COUNTING.bytesPerGb,
      'measured',
      `${round(answerBytes)} B per answer`,
    ),
  ];
}

/** The design described in prices.ts, by the same arithmetic. */
export function naiveLines(life: OrderLife): BillLine[] {
  const { placed, lines } = life;
  const events = 1 + placed.publishedEvents;
  const waitMs = 2 * ASSUMPTIONS.readMs + 2 * ASSUMPTIONS.writeMs + ASSUMPTIONS.transactionMs;
  const takenMs = timeOf(placed.cpuOfOneMs, waitMs, reaction.memoryMb);
  const wru = NAIVE.guardWru + lines + NAIVE.transactionWru + NAIVE.updateWru;
  const lineBytes = NAIVE.logLineBytes + COUNTING.logLineOverheadBytes;
  return [
    line('EventBridge', 'events on the bus', 'busEvent', events, 'measured', 'as here'),
    line('EventBridge', 'archive', 'archive', placed.busBytes / COUNTING.bytesPerGb, 'measured', 'as here'),
    line(
      'SQS',
      'send, receive, delete',
      'queueRequest',
      3 * NAIVE.reactions,
      'assumed',
      `${NAIVE.reactions} queues, one message each`,
    ),
    line('Lambda', 'invocations', 'lambdaRequest', NAIVE.reactions + 1, 'assumed', 'one per message, and a publisher'),
    line(
      'Lambda',
      'time',
      'lambdaTime',
      gbSeconds(takenMs, reaction.memoryMb) * NAIVE.reactions,
      'assumed',
      `${ms(takenMs)} each, processor time as measured here`,
    ),
    line(
      'DynamoDB',
      'writes',
      'dynamoWrite',
      wru,
      'assumed',
      `guards ${NAIVE.guardWru}, lines ${lines}, transaction ${NAIVE.transactionWru}, updates ${NAIVE.updateWru}`,
    ),
    line(
      'DynamoDB',
      'reads',
      'dynamoRead',
      NAIVE.guardRru + NAIVE.stateRru,
      'assumed',
      `guards ${NAIVE.guardRru}, states ${NAIVE.stateRru}`,
    ),
    ...lakeLines(placed),
    line(
      'CloudWatch',
      'logs',
      'log',
      (NAIVE.reactions * NAIVE.logLines * lineBytes) / COUNTING.bytesPerGb,
      'assumed',
      `${NAIVE.logLines} lines of ${NAIVE.logLineBytes} B per invocation`,
    ),
    line('KMS', 'requests', 'keyRequest', keyRequests() / ORDERS, 'assumed', 'as here'),
  ];
}

/** What stays, per order and month. */
export function storageLines(life: OrderLife): BillLine[] {
  const { placed, completed, storedBytesPerOrder, storedItemsPerOrder } = life;
  const stored = (storedBytesPerOrder + storedItemsPerOrder * COUNTING.itemOverheadBytes) / COUNTING.bytesPerGb;
  const sent = [placed, completed].reduce((sum, it) => sum + it.busBytes, 0) / COUNTING.bytesPerGb;
  const why = `${storedItemsPerOrder.toFixed(2)} items, ${round(storedBytesPerOrder)} B`;
  return [
    line('DynamoDB', 'storage', 'tableStorage', stored, 'measured', why),
    line('DynamoDB', 'point-in-time recovery', 'tableBackup', stored, 'measured', 'the same'),
    line('EventBridge', 'archive', 'archiveStorage', sent, 'measured', `for ${stages.prod.archiveDays} days`),
    line('S3', 'lake, before it is compressed', 'bucketStorage', sent, 'measured', 'gzip makes it several times less'),
  ];
}

/** What is paid each month though nothing happens. @param queues how many queues functions listen to */
export function standingLines(queues: number): BillLine[] {
  const polls = (COUNTING.idlePollers * COUNTING.secondsPerMonth) / COUNTING.longPollSeconds;
  return [
    line(
      'SQS',
      'empty receives',
      'queueRequest',
      queues * polls,
      'documented',
      `${queues} queues x ${COUNTING.idlePollers} pollers, every ${COUNTING.longPollSeconds} s`,
    ),
    line('KMS', 'customer managed key', 'key', 1, 'documented', 'rotations add to it'),
  ];
}

/** The lake holds what shops send: one record for an event. */
function lakeLines({ busBytes }: EventEffort): BillLine[] {
  const stepGb = COUNTING.firehoseStepBytes / COUNTING.bytesPerGb;
  const byTime = (ASSUMPTIONS.hours * 3_600) / lake.bufferSeconds;
  const bySize = (ORDERS * busBytes) / (lake.bufferMb * 1_024 ** 2);
  return [
    line('Firehose', 'to the lake', 'firehose', stepGb, 'documented', 'one record of at most 5 KB'),
    line(
      'S3',
      'objects of the lake',
      'bucketPut',
      Math.max(byTime, bySize) / ORDERS,
      'assumed',
      `every ${lake.bufferSeconds} s or ${lake.bufferMb} MB`,
    ),
  ];
}

/** KMS requests in the hours that the million orders take. */
function keyRequests(): number {
  const seconds = ASSUMPTIONS.hours * 3_600;
  // SQS: two per producer and one per consumer in each period that a data key is reused for.
  const queue = (seconds / (reaction.dataKeyReuseMinutes * 60)) * 3;
  const tables = (seconds / ASSUMPTIONS.keyCacheSeconds) * ASSUMPTIONS.environments;
  const bus = (seconds / ASSUMPTIONS.busKeySeconds) * 2;
  return queue + tables + bus;
}

function publisherCpuMs({ publisherCpu }: EventEffort, records: number): number {
  const [small, large = small] = publisherCpu;
  if (small === undefined || large === undefined) return 0;
  if (large.records === small.records) return small.cpuMs;
  const perRecord = (large.cpuMs - small.cpuMs) / (large.records - small.records);
  return Math.max(0, small.cpuMs + perRecord * (records - small.records));
}

/** CPU of a whole processor, at the share of one that the memory brings, and the waiting. */
function timeOf(cpuMs: number, waitMs: number, memoryMb: number): number {
  return cpuMs * Math.max(1, COUNTING.mbPerProcessor / memoryMb) + waitMs;
}

function gbSeconds(takenMs: number, memoryMb: number): number {
  return (Math.ceil(takenMs) / 1_000) * (memoryMb / 1_024);
}

function logBytes({ logBytesPerBatch, logLinesPerBatch }: EventEffort): number {
  return logBytesPerBatch + logLinesPerBatch * COUNTING.logLineOverheadBytes;
}

function line(
  service: string,
  what: string,
  price: BillLine['price'],
  quantity: number,
  origin: BillLine['origin'],
  why: string,
): BillLine {
  return { service, what, price, quantity, origin, why };
}

const round = (value: number): string => String(Math.round(value));
const ms = (value: number): string => `${value.toFixed(1)} ms`;
