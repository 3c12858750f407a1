/** The lines of each bill, from what was measured, how AWS counts, and what is assumed. */
import { stages } from '../../infra/config.ts';
import type { Effort } from './effort.ts';
import type { MemberLife } from './member-life.ts';
import { type IntakeEffort, type OrderLife, total } from './order-life.ts';
import { ASSUMPTIONS, COUNTING, NAIVE } from './prices.ts';
import type { BillLine } from './pricing.ts';
import type { Consequences, FollowEffort } from './reputation-life.ts';

/** Prices are those of production. */
const { reaction, stream, http, serving, schedule, longSchedule, lake } = stages.prod;

const ORDERS = 1_000_000;

export type Batches = { messages: number; records: number };

export const ASSUMED_BATCHES: Batches = {
  messages: ASSUMPTIONS.messagesPerBatch,
  records: ASSUMPTIONS.recordsPerBatch,
};

/** All that one event sets off, once it is on the bus and sealed: its id was claimed at the door, through which it came. */
export function eventLines(name: string, effort: Effort, batches: Batches = ASSUMED_BATCHES): BillLine[] {
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
      'archive',
      'archive',
      effort.busBytes / COUNTING.bytesPerGb,
      'measured',
      `${round(effort.busBytes)} B of what the shop sent`,
    ),
    ...reactionLines('reaction', { ...effort, claimWru: 0 }, batches),
    ...publisherLines(effort, batches),
    ...lakeLines(effort),
    keyLine(),
  ];
}

/**
 * What the relay adds for an event that a service puts on the bus itself: it is there once before the door and once after it. The time of the processor is that
 * of the HTTP intake for an event of a long request, which does the same.
 */
export function relayLines(
  name: string,
  { placed, intake }: Pick<OrderLife, 'placed' | 'intake'>,
  { messages }: Batches = ASSUMED_BATCHES,
): BillLine[] {
  const most = intake.reduce((a, b) => (b.events > a.events ? b : a));
  const cpuMs = (most.cpuMs / most.events) * messages;
  const takenMs = timeOf(cpuMs, ASSUMPTIONS.writeMs + ASSUMPTIONS.putEventsMs, reaction.memoryMb);
  return [
    line(
      'EventBridge',
      `${name}, before the door`,
      'busEvent',
      1,
      'documented',
      'the event of (a) is the one behind it',
    ),
    line('SQS', 'relay: send', 'queueRequest', 1, 'documented', 'EventBridge sends each event by itself'),
    line('SQS', 'relay: receive and delete', 'queueRequest', 2 / messages, 'assumed', `batches of ${messages}`),
    line('Lambda', 'relay: invocations', 'lambdaRequest', 1 / messages, 'assumed', `batches of ${messages}`),
    line(
      'Lambda',
      'relay: time',
      'lambdaTime',
      gbSeconds(takenMs, reaction.memoryMb) / messages,
      'assumed',
      `${ms(cpuMs)} CPU measured -> ${ms(takenMs)} at ${reaction.memoryMb} MB`,
    ),
    line(
      'DynamoDB',
      "claim of the event's id: write",
      'dynamoWrite',
      placed.claimWru,
      'measured',
      'one item per event, for ever',
    ),
    ...policyLine('relay', placed.policyRru / messages, messages),
  ];
}

/** What a reaction takes for one event, from its queue to the tables. */
export function reactionLines(name: string, effort: Effort, { messages }: Batches = ASSUMED_BATCHES): BillLine[] {
  const cpuMs = effort.cpuOfOneMs + ((cpuOfTen(effort) - effort.cpuOfOneMs) * (messages - 1)) / 9;
  // The claims are read, and each new one written, before an order and its account are read and written.
  const waitMs = 2 * ASSUMPTIONS.readMs + ASSUMPTIONS.writeMs + ASSUMPTIONS.transactionMs;
  const takenMs = timeOf(cpuMs, waitMs, reaction.memoryMb);
  return [
    line('SQS', `${name}: send`, 'queueRequest', 1, 'documented', 'EventBridge sends each event by itself'),
    line('SQS', `${name}: receive and delete`, 'queueRequest', 2 / messages, 'assumed', `batches of ${messages}`),
    line('Lambda', `${name}: invocations`, 'lambdaRequest', 1 / messages, 'assumed', `batches of ${messages}`),
    line(
      'Lambda',
      `${name}: time`,
      'lambdaTime',
      gbSeconds(takenMs, reaction.memoryMb) / messages,
      'assumed',
      `${ms(cpuMs)} CPU measured -> ${ms(takenMs)} at ${reaction.memoryMb} MB`,
    ),
    ...(effort.claimWru === 0
      ? []
      : [
          line(
            'DynamoDB',
            "claim of the event's id: write",
            'dynamoWrite',
            effort.claimWru,
            'measured',
            'one item per event, for ever',
          ),
        ]),
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
      `${name}: write`,
      'dynamoWrite',
      effort.wru,
      'measured',
      'what it keeps and the account; pages of the journal in it',
    ),
    line('DynamoDB', `${name}: read`, 'dynamoRead', effort.rru, 'measured', 'what it is decided on'),
    ...policyLine(name, effort.policyRru / messages, messages),
    logLine(name, effort, 1 / messages),
  ];
}

/** What follows from the records that a write leaves in the table's stream. */
function publisherLines({ published }: Effort, { records }: Batches): BillLine[] {
  if (published.records === 0) return [];
  const cpuMs = publisherCpuMs(published.cpu, records);
  const waitMs = ASSUMPTIONS.readMs + ASSUMPTIONS.putEventsMs + (published.noteWru > 0 ? ASSUMPTIONS.writeMs : 0);
  const takenMs = timeOf(cpuMs, waitMs, stream.memoryMb);
  const invocations = published.records / records;
  const told = Object.entries(published.types).map(([type, count]) => `${count.toFixed(2)} ${type}`);
  return [
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
      invocations,
      'assumed',
      `${published.records.toFixed(2)} records (measured), batches of ${records}`,
    ),
    line(
      'Lambda',
      'publisher: time',
      'lambdaTime',
      gbSeconds(takenMs, stream.memoryMb) * invocations,
      'assumed',
      `${ms(cpuMs)} CPU measured -> ${ms(takenMs)} at ${stream.memoryMb} MB`,
    ),
    line(
      'EventBridge',
      'what is published of it',
      'busEvent',
      published.events,
      'measured',
      told.join(', ') || 'nothing',
    ),
    line(
      'DynamoDB',
      'notes of what falls due',
      'dynamoWrite',
      published.noteWru,
      'measured',
      'where the next date has changed',
    ),
    ...(published.rru === 0
      ? []
      : [line('DynamoDB', 'pages of the journal: read', 'dynamoRead', published.rru, 'measured', 'by the publisher')]),
    ...policyLine('publisher', published.policyRru * invocations, records),
    logLine('publisher', published, invocations),
  ];
}

/** What a shop's event sets off on the reputation side, and of what is announced of it on the loyalty side. */
export function consequenceLines({ reactions, followers, announced }: Consequences): BillLine[] {
  const types = Object.entries(announced).map(([type, count]) => `${count.toFixed(2)} ${type}`);
  const events = Object.values(announced).reduce((total, count) => total + count, 0);
  const asked = reactions.flatMap(({ name, per, effort }) =>
    [...(effort.busBytes === 0 ? [] : sentLines(name, effort)), ...reactionLines(name, effort)].map((it) => ({
      ...it,
      quantity: it.quantity * per,
    })),
  );
  return [
    ...asked,
    ...followers.flatMap(followerLines),
    line('EventBridge', 'what is published of it', 'busEvent', events, 'measured', types.join(', ') || 'nothing'),
    keyLine(),
  ].filter(({ quantity }) => quantity > 0);
}

/** An event that a shop sends: on the bus, in the archive and in the lake. */
function sentLines(name: string, effort: Effort): BillLine[] {
  const why = `${round(effort.busBytes)} B of what the shop sent`;
  return [
    line('EventBridge', `${name}: its event`, 'busEvent', 1, 'documented', 'one chunk of 64 KB'),
    line('EventBridge', `${name}: archive`, 'archive', effort.busBytes / COUNTING.bytesPerGb, 'measured', why),
    ...lakeLines(effort),
  ];
}

/** A follower of a table's stream, in batches of the assumed size. */
function followerLines({ name, ...effort }: FollowEffort): BillLine[] {
  const { records, invocations, wru, rru, policyRru } = effort;
  const cpuMs = effort.cpuMs / invocations;
  // It reads its changes' surroundings in two rounds, writes what has changed, and is done; the publisher does less.
  const takenMs = timeOf(cpuMs, 2 * ASSUMPTIONS.readMs + ASSUMPTIONS.transactionMs, stream.memoryMb);
  const bytes = effort.logBytes + effort.logLines * COUNTING.logLineOverheadBytes;
  return [
    line(
      'Lambda',
      `${name}: invocations`,
      'lambdaRequest',
      invocations,
      'measured',
      `${records.toFixed(2)} records, batches of at most ${ASSUMPTIONS.recordsPerBatch}`,
    ),
    line(
      'Lambda',
      `${name}: time`,
      'lambdaTime',
      gbSeconds(takenMs, stream.memoryMb) * invocations,
      'assumed',
      `${ms(cpuMs)} CPU measured -> ${ms(takenMs)} at ${stream.memoryMb} MB`,
    ),
    line('DynamoDB', `${name}: write`, 'dynamoWrite', wru, 'measured', 'what is written together in one transaction'),
    line('DynamoDB', `${name}: read`, 'dynamoRead', rru, 'measured', 'consistent'),
    line('DynamoDB', `${name}: which policies there are`, 'dynamoRead', policyRru, 'measured', 'once for a batch'),
    line('CloudWatch', `${name}: log`, 'log', bytes / COUNTING.bytesPerGb, 'measured', `${round(bytes)} B per event`),
  ];
}

/** A command through its route, and what follows from it. */
export function commandLines(name: string, effort: Effort, batches: Batches = ASSUMED_BATCHES): BillLine[] {
  const waitMs = 2 * ASSUMPTIONS.readMs + ASSUMPTIONS.transactionMs;
  const takenMs = timeOf(effort.cpuOfOneMs, waitMs, http.memoryMb);
  return [
    line('API Gateway', 'HTTP API', 'httpRequest', 1, 'documented', 'a request of less than 512 KB'),
    line('Lambda', `${name}: invocations`, 'lambdaRequest', 1, 'documented', 'one per request'),
    line(
      'Lambda',
      `${name}: time`,
      'lambdaTime',
      gbSeconds(takenMs, http.memoryMb),
      'assumed',
      `${ms(effort.cpuOfOneMs)} CPU measured -> ${ms(takenMs)} at ${http.memoryMb} MB`,
    ),
    line('DynamoDB', `${name}: write`, 'dynamoWrite', effort.wru, 'measured', 'what it keeps and the account'),
    line('DynamoDB', `${name}: read`, 'dynamoRead', effort.rru, 'measured', 'consistent: what it is decided on'),
    ...policyLine(name, effort.policyRru, 1),
    ...publisherLines(effort, batches),
    accessLogLine(1),
    line(
      'Transfer',
      'answers to the internet',
      'transferOut',
      effort.answerBytes / COUNTING.bytesPerGb,
      'measured',
      `${round(effort.answerBytes)} B per answer`,
    ),
    keyLine(),
  ];
}

/** A page of recommendations through its route. */
export function answerLines(effort: Effort): BillLine[] {
  // All that is known is read at once, and then the changes of the catalogue.
  const takenMs = timeOf(effort.cpuOfOneMs, 2 * ASSUMPTIONS.readMs, serving.memoryMb);
  const { servingEnvironments: environments, modelHours, hours } = ASSUMPTIONS;
  return [
    line('API Gateway', 'HTTP API', 'httpRequest', 1, 'documented', 'a request of less than 512 KB'),
    line('Lambda', 'answer: invocations', 'lambdaRequest', 1, 'documented', 'one per request'),
    line(
      'Lambda',
      'answer: time',
      'lambdaTime',
      gbSeconds(takenMs, serving.memoryMb),
      'assumed',
      `${ms(effort.cpuOfOneMs)} CPU measured -> ${ms(takenMs)} at ${serving.memoryMb} MB`,
    ),
    line(
      'DynamoDB',
      'answer: read',
      'dynamoRead',
      effort.rru,
      'measured',
      'history, shop, model, changes of the catalogue',
    ),
    ...policyLine('answer', effort.policyRru, 1),
    line(
      'S3',
      'model: fetched',
      'bucketGet',
      (environments * hours) / modelHours / ORDERS,
      'assumed',
      `${environments} environments, a new model every ${modelHours} h; within the region bytes are free`,
    ),
    accessLogLine(1),
    line(
      'Transfer',
      'answers to the internet',
      'transferOut',
      effort.answerBytes / COUNTING.bytesPerGb,
      'measured',
      `${round(effort.answerBytes)} B per answer`,
    ),
    keyLine(),
  ];
}

/** A member for whom something has fallen due, booked by the hourly run, and what follows from it. */
export function dueLines({ due }: Pick<OrderLife, 'due'>, batches: Batches = ASSUMED_BATCHES): BillLine[] {
  // Eight members are worked on side by side: each waits for a read, a write and a removal.
  const waitMs = (2 * ASSUMPTIONS.readMs + 2 * ASSUMPTIONS.writeMs) / 8;
  const takenMs = timeOf(due.cpuPerEventMs, waitMs, schedule.memoryMb);
  return [
    line(
      'Lambda',
      'booking: time',
      'lambdaTime',
      (takenMs / 1_000) * (schedule.memoryMb / 1_024),
      'assumed',
      `${ms(due.cpuPerEventMs)} CPU measured -> ${ms(takenMs)} at ${schedule.memoryMb} MB; invocations are standing`,
    ),
    line('DynamoDB', 'account: write', 'dynamoWrite', due.wru, 'measured', 'alone, or with a page of the journal'),
    line('DynamoDB', 'account: read', 'dynamoRead', due.rru, 'measured', 'consistent'),
    line('DynamoDB', 'note: taken away', 'dynamoWrite', due.noteWru, 'measured', 'one item'),
    line(
      'DynamoDB',
      'notes: looked for',
      'dynamoRead',
      ASSUMPTIONS.noteBytes / COUNTING.readUnitBytes,
      'assumed',
      `pages of notes of ${ASSUMPTIONS.noteBytes} B; a run that finds nothing is standing`,
    ),
    ...publisherLines(due, batches),
  ];
}

/** A coupon of a member's for an order: issued, held at checkout, and named by the order. */
export function couponLines({ issue, hold, couponOfPlaced }: MemberLife): BillLine[] {
  const requests = [issue, hold].map((effort, index) => commandLines(index === 0 ? 'issue' : 'hold', effort));
  return [...requests.flat(), ...reactionLines('coupon reaction', couponOfPlaced)].filter(
    ({ service, quantity }) => service !== 'KMS' && quantity > 0,
  );
}

/**
 * One night's look at what the shop owes, for each member: the scan reads the table from end to end, and passes over
 * the orders.
 */
export function scanLines(life: OrderLife): BillLine[] {
  const { stored, members, ordersPerMember } = life;
  const bytesOf = (kind: string) => stored[kind]?.bytes ?? 0;
  const accountBytes = bytesOf('MEMBER ACCOUNT') / members;
  const orderBytes = (bytesOf('MEMBER JOURNAL') + bytesOf('ORDER ORDER')) / (members * ordersPerMember);
  const orders = ASSUMPTIONS.ordersPerMember;
  const read = (bytes: number) => bytes / COUNTING.readUnitBytes / 2;
  const cpuMs = life.scanCpuMsPerOrder * orders;
  const takenMs = timeOf(cpuMs, 0, longSchedule.memoryMb);
  return [
    line(
      'DynamoDB',
      'accounts: read',
      'dynamoRead',
      read(accountBytes),
      'measured',
      `${round(accountBytes)} B each, eventually consistent`,
    ),
    line(
      'DynamoDB',
      'orders and journals: read',
      'dynamoRead',
      read(orderBytes * orders),
      'assumed',
      `${orders} orders each, of ${round(orderBytes)} B with their pages (measured)`,
    ),
    line(
      'Lambda',
      'time',
      'lambdaTime',
      (takenMs / 1_000) * (longSchedule.memoryMb / 1_024),
      'assumed',
      `${cpuMs.toFixed(2)} ms CPU measured for ${orders} orders, at ${longSchedule.memoryMb} MB`,
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
      'one item per event, for ever',
    ),
    accessLogLine(1 / events),
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
  const events = 1 + placed.published.events;
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
    keyLine(),
  ];
}

/** What stays, per order and month. */
export function storageLines(life: OrderLife): BillLine[] {
  const { placed, completed, members, ordersPerMember } = life;
  const all = total(life.stored);
  const [items, bytes] = [all.items, all.bytes].map((it) => it / (members * ordersPerMember)) as [number, number];
  const stored = (bytes + items * COUNTING.itemOverheadBytes) / COUNTING.bytesPerGb;
  const sent = [placed, completed].reduce((sum, it) => sum + it.busBytes, 0) / COUNTING.bytesPerGb;
  const why = `${items.toFixed(2)} items, ${round(bytes)} B`;
  return [
    line('DynamoDB', 'storage', 'tableStorage', stored, 'measured', why),
    line('DynamoDB', 'point-in-time recovery', 'tableBackup', stored, 'measured', 'the same'),
    line('EventBridge', 'archive', 'archiveStorage', sent, 'measured', `for ${stages.prod.archiveDays} days`),
    line('S3', 'lake, before it is compressed', 'bucketStorage', sent, 'measured', 'gzip makes it several times less'),
  ];
}

/** What functions wait for: queues that are asked by the clock, and hours at which schedules run. */
export type Waiting = { queues: number; schedules: number };

/** What is paid each month though nothing happens. @param idleRunRru what a run reads to find that nothing is due */
export function standingLines({ queues, schedules }: Waiting, idleRunRru: number): BillLine[] {
  const polls = (COUNTING.idlePollers * COUNTING.secondsPerMonth) / COUNTING.longPollSeconds;
  const runs = (COUNTING.secondsPerMonth / 3_600) * schedules;
  const takenMs = timeOf(ASSUMPTIONS.idleRunCpuMs, 2 * ASSUMPTIONS.readMs, schedule.memoryMb);
  return [
    line(
      'SQS',
      'empty receives',
      'queueRequest',
      queues * polls,
      'documented',
      `${queues} queues x ${COUNTING.idlePollers} pollers, every ${COUNTING.longPollSeconds} s`,
    ),
    line('EventBridge', 'schedules', 'busEvent', 0, 'documented', `${schedules} rules, by the hour: not charged`),
    line('Lambda', 'schedules: invocations', 'lambdaRequest', runs, 'documented', `${schedules} every hour`),
    line(
      'Lambda',
      'schedules: time',
      'lambdaTime',
      runs * gbSeconds(takenMs, schedule.memoryMb),
      'assumed',
      `${ASSUMPTIONS.idleRunCpuMs} ms CPU -> ${ms(takenMs)} at ${schedule.memoryMb} MB where there is nothing to do`,
    ),
    line(
      'DynamoDB',
      'schedules: read',
      'dynamoRead',
      runs * idleRunRru,
      'assumed',
      `${round(idleRunRru)} RRU each, as the booking of what falls due (measured)`,
    ),
    line('KMS', 'customer managed key', 'key', 1, 'documented', 'rotations add to it'),
  ];
}

/** The lake holds what shops send: one record for an event. */
function lakeLines({ busBytes }: Effort): BillLine[] {
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

function publisherCpuMs([small, large = small]: Effort['published']['cpu'], records: number): number {
  if (small === undefined || large === undefined) return 0;
  if (large.records === small.records) return small.cpuMs;
  const perRecord = (large.cpuMs - small.cpuMs) / (large.records - small.records);
  return Math.max(0, small.cpuMs + perRecord * (records - small.records));
}

/** Where only single events were measured, ten take ten times as much: no more than they do. */
function cpuOfTen({ cpuOfOneMs, cpuOfTenMs }: Effort): number {
  return Number.isNaN(cpuOfTenMs) ? 10 * cpuOfOneMs : cpuOfTenMs;
}

/** CPU of a whole processor, at the share of one that the memory brings, and the waiting. */
function timeOf(cpuMs: number, waitMs: number, memoryMb: number): number {
  return cpuMs * Math.max(1, COUNTING.mbPerProcessor / memoryMb) + waitMs;
}

function gbSeconds(takenMs: number, memoryMb: number): number {
  return (Math.ceil(takenMs) / 1_000) * (memoryMb / 1_024);
}

/** @param share invocations per event */
function logLine(
  name: string,
  { logBytesPerBatch, logLinesPerBatch }: Pick<Effort, 'logBytesPerBatch' | 'logLinesPerBatch'>,
  share: number,
): BillLine {
  const bytes = logBytesPerBatch + logLinesPerBatch * COUNTING.logLineOverheadBytes;
  const why = `${round(bytes)} B per invocation`;
  return line('CloudWatch', `${name}: log`, 'log', (bytes * share) / COUNTING.bytesPerGb, 'measured', why);
}

function accessLogLine(share: number): BillLine {
  const bytes = ASSUMPTIONS.accessLogBytes + COUNTING.logLineOverheadBytes;
  const why = `${ASSUMPTIONS.accessLogBytes} B per request`;
  return line('CloudWatch', 'access log', 'log', (bytes * share) / COUNTING.bytesPerGb, 'assumed', why);
}

function policyLine(name: string, rru: number, batch: number): BillLine[] {
  if (rru === 0) return [];
  const why = batch === 1 ? 'consistent' : `consistent, once for a batch of ${batch}`;
  return [line('DynamoDB', `${name}: which policies there are`, 'dynamoRead', rru, 'measured', why)];
}

function keyLine(): BillLine {
  const why = `data keys are reused; ${round(keyRequests())} in ${ASSUMPTIONS.hours} h`;
  return line('KMS', 'requests', 'keyRequest', keyRequests() / ORDERS, 'assumed', why);
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
