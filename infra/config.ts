import packageJson from '../package.json' with { type: 'json' };

/**
 * Every name, limit and retention that differs between the environments, or might. One stage is one environment:
 * its stacks, tables and queues share nothing with those of another stage.
 */

export const stageNames = ['dev', 'staging', 'prod'] as const;
export type StageName = (typeof stageNames)[number];

/** How many days CloudWatch can be told to keep a log group, of those that make sense here. */
type LogRetentionDays = 7 | 14 | 30 | 90 | 180 | 365;

export type FunctionSize = { memoryMb: number; timeoutSeconds: number };
export type LogLevel = 'DEBUG' | 'INFO' | 'WARN';

export const rollouts = ['at_once', 'canary'] as const;
export type Rollout = (typeof rollouts)[number];

export type StageConfig = {
  stage: StageName;
  /** `retain`: data outlives its stack and tables refuse to be deleted. */
  removal: 'retain' | 'destroy';
  /** How new code takes over: at once, or for a tenth of the calls first, with a way back when an alarm goes off. */
  rollout: Rollout;
  jwt: { issuer: string; audience: string };
  http: FunctionSize & { throttle: { requestsPerSecond: number; burstRequests: number } };
  /**
   * How much one member, and one address that asks without a token, may ask for in a minute of all functions together. Services are not counted; the
   * API's throttle is for them.
   */
  limits: { memberRequestsPerMinute: number; addressRequestsPerMinute: number };
  /**
   * CloudFront and a web ACL in front of the API; none where left out. `apiHost`: the host of `ApiUrl`, which the first deployment tells. The API then
   * sees the addresses of CloudFront, so that `limits` has to allow an address much more, and those of people are counted at the edge.
   */
  edge?: {
    apiHost: string;
    addressRequestsPerFiveMinutes: number;
    /** A name of the shop's own, with its certificate in us-east-1. */
    domain?: { name: string; certificateArn: string };
  };
  /** For a request that reads and computes much; the API itself waits for no answer longer than 30 s. */
  longHttp: FunctionSize;
  reaction: FunctionSize & {
    batchSize: number;
    batchWindowSeconds: number;
    /** How many copies of one reaction's function may run at once. SQS allows 2 to 1,000. */
    maxConcurrency: number;
    /** Attempts before a message goes to the dead-letter queue. */
    maxReceiveCount: number;
    /** Visibility timeout as a multiple of the function's timeout; AWS asks for at least 6. */
    visibilityFactor: number;
    retentionDays: number;
    deadLetterRetentionDays: number;
    /** How long SQS may use one data key before it asks KMS again: fewer paid requests, a longer life per key. */
    dataKeyReuseMinutes: number;
  };
  stream: FunctionSize & {
    batchSize: number;
    batchWindowSeconds: number;
    maxRetryAttempts: number;
    parallelizationFactor: number;
  };
  schedule: FunctionSize;
  /** What reads a table from end to end, every night; a whole core of Lambda's, for as long as it lets a function run. */
  longSchedule: FunctionSize;
  /** What answers with recommendations: memory for the model of the shop, and a core to score with. */
  serving: FunctionSize;
  /** What trains models: memory for ten million interactions, and the disk of its own that it reads the lake into. */
  training: FunctionSize & { diskMb: number };
  /** The campaign of Amazon Personalize that stands in where the shop's own model cannot answer; none where left out. */
  recommender?: { campaignArn: string };
  /** The work group of Amazon Athena, and the database of the lake in it; where left out the training aggregates by itself. */
  athena?: { workGroup: string; database: string };
  /** How often and for how long EventBridge tries a rule's target before the event goes to the target's own queue. */
  delivery: { retryAttempts: number; maxEventAgeHours: number };
  archiveDays: number;
  lake: {
    bufferSeconds: number;
    bufferMb: number;
    coldAfterDays: number;
    noncurrentDays: number;
    accessLogDays: number;
  };
  logs: { retentionDays: LogRetentionDays; application: LogLevel; system: LogLevel };
  keyDeletionWindowDays: number;
  watch: {
    /** Whom alarms are sent to: e-mail addresses and https URLs, such as that of a paging service. */
    subscribers: readonly string[];
    /** One dashboard of every domain beside that of the stage; all but three of an account are paid by the month. */
    domainDashboards: boolean;
    /** Above so many answers of 5xx within five minutes somebody is woken. */
    serverErrors: number;
    /** Of one request in a hundred. */
    latencyMs: number;
    /** Above this share of answers of 4xx somebody is woken, and from so many requests within five minutes on it is a share of something. */
    refusedPercent: number;
    minRequests: number;
    /** Above this share of lists from an engine that stands in somebody is woken. */
    fallbackPercent: number;
    /** How far a function may be behind the table that it follows. */
    streamLagSeconds: number;
    /** Above so many writes of a table that met another writer within five minutes somebody is woken; a few are tried again and harm nobody. */
    conflicts: number;
  };
};

/**
 * The issuer and the audience below cannot exist (RFC 2606): a shop names its own, here or when it deploys
 * (`--issuer`, `--audience`). A deployment that still carries them is refused.
 */
const placeholderDomain = 'rapport.invalid';

const dev: StageConfig = {
  stage: 'dev',
  removal: 'destroy',
  rollout: 'at_once',
  jwt: { issuer: `https://issuer.dev.${placeholderDomain}/`, audience: 'rapport-dev' },
  http: { memoryMb: 512, timeoutSeconds: 10, throttle: { requestsPerSecond: 50, burstRequests: 100 } },
  // So that whoever tries things out from one machine does not meet them.
  limits: { memberRequestsPerMinute: 60_000, addressRequestsPerMinute: 600_000 },
  longHttp: { memoryMb: 2048, timeoutSeconds: 29 },
  reaction: {
    memoryMb: 512,
    timeoutSeconds: 20,
    batchSize: 10,
    batchWindowSeconds: 0,
    maxConcurrency: 5,
    maxReceiveCount: 5,
    visibilityFactor: 6,
    retentionDays: 4,
    deadLetterRetentionDays: 14,
    dataKeyReuseMinutes: 60,
  },
  stream: {
    memoryMb: 512,
    timeoutSeconds: 30,
    batchSize: 100,
    batchWindowSeconds: 0,
    maxRetryAttempts: 10,
    parallelizationFactor: 1,
  },
  schedule: { memoryMb: 512, timeoutSeconds: 60 },
  longSchedule: { memoryMb: 1_769, timeoutSeconds: 900 },
  serving: { memoryMb: 1_769, timeoutSeconds: 10 },
  training: { memoryMb: 3_538, timeoutSeconds: 900, diskMb: 4_096 },
  delivery: { retryAttempts: 185, maxEventAgeHours: 24 },
  archiveDays: 14,
  lake: { bufferSeconds: 60, bufferMb: 5, coldAfterDays: 30, noncurrentDays: 7, accessLogDays: 30 },
  logs: { retentionDays: 14, application: 'INFO', system: 'INFO' },
  keyDeletionWindowDays: 7,
  watch: {
    subscribers: [],
    domainDashboards: true,
    serverErrors: 0,
    latencyMs: 3_000,
    refusedPercent: 50,
    minRequests: 100,
    fallbackPercent: 20,
    streamLagSeconds: 300,
    conflicts: 500,
  },
};

const staging: StageConfig = {
  ...dev,
  stage: 'staging',
  jwt: { issuer: `https://issuer.staging.${placeholderDomain}/`, audience: 'rapport-staging' },
  http: { ...dev.http, throttle: { requestsPerSecond: 200, burstRequests: 400 } },
  limits: { memberRequestsPerMinute: 300, addressRequestsPerMinute: 6_000 },
  reaction: { ...dev.reaction, maxConcurrency: 10, batchWindowSeconds: 1 },
  stream: { ...dev.stream, parallelizationFactor: 2 },
  archiveDays: 30,
  lake: { ...dev.lake, bufferSeconds: 300, bufferMb: 64, accessLogDays: 90 },
  logs: { retentionDays: 30, application: 'INFO', system: 'WARN' },
};

const prod: StageConfig = {
  ...staging,
  stage: 'prod',
  removal: 'retain',
  rollout: 'canary',
  jwt: { issuer: `https://issuer.prod.${placeholderDomain}/`, audience: 'rapport' },
  http: { ...staging.http, memoryMb: 1024, throttle: { requestsPerSecond: 1_000, burstRequests: 2_000 } },
  reaction: { ...staging.reaction, maxConcurrency: 50, retentionDays: 7 },
  stream: { ...staging.stream, maxRetryAttempts: 100, parallelizationFactor: 4 },
  archiveDays: 365,
  lake: { ...staging.lake, coldAfterDays: 90, noncurrentDays: 30, accessLogDays: 365 },
  logs: { retentionDays: 365, application: 'INFO', system: 'WARN' },
  keyDeletionWindowDays: 30,
  watch: { ...staging.watch, serverErrors: 5, refusedPercent: 20, minRequests: 1_000 },
};

export const stages: Readonly<Record<StageName, StageConfig>> = { dev, staging, prod };

export function isStageName(value: unknown): value is StageName {
  return stageNames.some((name) => name === value);
}

export function isRollout(value: unknown): value is Rollout {
  return rollouts.some((it) => it === value);
}

/** True where the issuer is still the one that nobody can log in at. */
export function isPlaceholderIssuer(issuer: string): boolean {
  return URL.canParse(issuer) && new URL(issuer).hostname.endsWith(`.${placeholderDomain}`);
}

/** The name of a resource: `rapport-dev-profile`. */
export function nameOf(stage: StageName, ...parts: string[]): string {
  return ['rapport', stage, ...parts].join('-');
}

/** What every stack and resource of a stage is tagged with, and a deployment knows its own stacks by. */
export function tagsOf(stage: StageName): { application: 'rapport'; stage: StageName } {
  return { application: 'rapport', stage };
}

/** The construct id of a name: `loyalty-order-placed` is `LoyaltyOrderPlaced`. */
export function idOf(name: string): string {
  return name.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_match, first: string) => first.toUpperCase());
}

/** The version that a deployment carries and `GET /v1/health` tells. */
export function releaseVersion(): string {
  return packageJson.version;
}
