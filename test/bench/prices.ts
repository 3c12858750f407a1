/**
 * What AWS asks, and what is assumed about a deployment that cannot be measured here. Nothing else in this folder names
 * a price or an assumption.
 */

/** On-demand prices of us-east-1, the first tier of each, without any free tier. Dollars for `per` units. */
export const PRICED_AT = { region: 'us-east-1', date: '2026-11-22' } as const;

const MILLION = 1_000_000;

export const PRICES = {
  dynamoWrite: { dollars: 0.625, per: MILLION, unit: 'WRU' },
  dynamoRead: { dollars: 0.125, per: MILLION, unit: 'RRU' },
  busEvent: { dollars: 1, per: MILLION, unit: 'events of 64 KB' },
  archive: { dollars: 0.1, per: 1, unit: 'GB' },
  queueRequest: { dollars: 0.4, per: MILLION, unit: 'requests of 64 KB' },
  lambdaRequest: { dollars: 0.2, per: MILLION, unit: 'invocations' },
  lambdaTime: { dollars: 0.0000133334, per: 1, unit: 'GB-s, arm64' },
  httpRequest: { dollars: 1, per: MILLION, unit: 'requests of 512 KB' },
  firehose: { dollars: 0.029, per: 1, unit: 'GB, records in steps of 5 KB' },
  bucketGet: { dollars: 0.0004, per: 1_000, unit: 'GETs' },
  bucketPut: { dollars: 0.005, per: 1_000, unit: 'PUTs' },
  keyRequest: { dollars: 0.03, per: 10_000, unit: 'KMS requests' },
  log: { dollars: 0.5, per: 1, unit: 'GB ingested' },
  transferOut: { dollars: 0.09, per: 1, unit: 'GB to the internet' },
  tableStorage: { dollars: 0.25, per: 1, unit: 'GB and month' },
  tableBackup: { dollars: 0.2, per: 1, unit: 'GB and month, point-in-time recovery' },
  archiveStorage: { dollars: 0.023, per: 1, unit: 'GB and month' },
  bucketStorage: { dollars: 0.023, per: 1, unit: 'GB and month' },
  key: { dollars: 1, per: 1, unit: 'key and month' },
  alarmMetric: { dollars: 0.1, per: 1, unit: 'metric that an alarm reads' },
  dashboard: { dollars: 3, per: 1, unit: 'dashboard' },
} as const;

export type PriceId = keyof typeof PRICES;

/** How AWS counts; from its documentation. */
export const COUNTING = {
  bytesPerGb: 1_024 ** 3,
  busChunkBytes: 64 * 1_024,
  firehoseStepBytes: 5 * 1_024,
  /** CloudWatch Logs adds so much to every line. */
  logLineOverheadBytes: 26,
  /** DynamoDB adds so much to every item it stores. */
  itemOverheadBytes: 100,
  /** What a read unit reads consistently; twice as much where an older state will do. */
  readUnitBytes: 4_096,
  /** Memory that comes with one whole processor; less memory, proportionally less processor. */
  mbPerProcessor: 1_769,
  /** A poller that finds nothing asks again after so long. */
  longPollSeconds: 20,
  /** Pollers of an idle queue whose mapping has a maximum concurrency. */
  idlePollers: 5,
  secondsPerMonth: 30 * 86_400,
} as const;

/** What only a deployment could tell. Each is printed with the result. */
export const ASSUMPTIONS = {
  /** Messages in a batch of a reaction: between 1, on a quiet day, and the 10 that the queues are set to. */
  messagesPerBatch: 5,
  /** Stream records in a batch of the publisher, of the 100 it is set to. */
  recordsPerBatch: 10,
  /** One request to DynamoDB or EventBridge inside the region, in milliseconds. */
  readMs: 5,
  writeMs: 5,
  transactionMs: 10,
  putEventsMs: 10,
  /** The million orders are spread over so long; what is paid by time (KMS, objects of the lake) depends on it. */
  hours: 24,
  /** Execution environments that are busy at once and so ask KMS for the tables' keys, each, every five minutes. */
  environments: 10,
  keyCacheSeconds: 300,
  /** Execution environments that answer with recommendations, each with a model of its own, and how often there is a new one. */
  servingEnvironments: 10,
  modelHours: 24,
  /** EventBridge does not document how often a bus under a customer managed key asks KMS. Here: as SQS, once per period. */
  busKeySeconds: 300,
  /** One line of the API's access log. */
  accessLogBytes: 400,
  /** A note of what falls due, as a query reads it, with a member's id of some length. */
  noteBytes: 60,
  /** A run of a schedule that finds nothing to do. */
  idleRunCpuMs: 20,
  /** What a nightly scan of all accounts meets of each member. */
  ordersPerMember: 10,
} as const;

/** The budgets of the architecture that money or units are measured against. */
export const BUDGETS = {
  /** Of an event of an order, and of a redemption; notes of what falls due are in it. */
  orderWru: 6,
  redemptionWru: 6,
  redeliveryWru: 1,
  /** Of an event at level info, in all functions that it goes through. */
  logBytes: 150,
  millionOrdersDollars: 6,
  bundleBytes: 400 * 1_024,
  gzippedBytes: 120 * 1_024,
  importRatio: 1.2,
  decisionP99Us: 100,
  ledgerP99Ms: 20,
  backtestMs: 10_000,
  /** Writes of the one item that 1,000 events meet on. */
  hotWrites: 250,
  reputationP99Ms: 20,
  olistSeconds: 480,
  precision: 0.9,
  recall: 0.8,
  falseHolds: 0.01,
  shownMove: 0.1,
} as const;

/**
 * The design that most teams would build first, to compare with. Each of three reactions has its queue and its
 * function; one message per invocation; each guards itself with a record of its own; every line, the ledger entry and
 * the balance are items of their own.
 */
export const NAIVE = {
  assumptions: [
    'the order and what is published of it on the bus, in the archive and in the lake, as here',
    'three reactions (profile, points, tier), each with a queue: 3 x send, receive and delete, one message each',
    'three functions, one message per invocation, the same processor time per message as here',
    'an idempotency record per reaction, written when it begins and when it ends: 6 WRU, read first: 3 x 0.5 RRU',
    'one item per order line, written singly: as many WRU as lines',
    'order, ledger entry and balance in one transaction: 3 x 2 WRU',
    'profile and tier, an update each: 2 WRU; balance, profile and tier read consistently: 3 RRU',
    'all items of at most 1 KB; three lines of log per invocation, 300 bytes each, as the platform writes them at INFO',
  ],
  reactions: 3,
  guardWru: 6,
  guardRru: 1.5,
  transactionWru: 6,
  updateWru: 2,
  stateRru: 3,
  logLines: 3,
  logLineBytes: 300,
} as const;
