/** What invocations took: units of the tables, the time of this machine, logs. */
import { profileKeys } from '../../shared/adapters/dynamo/keys.ts';
import { type Consumption, unitsOf } from './capacity.ts';

/** What an invocation, or several, took. Units are DynamoDB's; time is this machine's. */
export type Took = {
  inboxWrites: number;
  inboxReads: number;
  /** Every table but the Inbox, and but for the two below. */
  tableWrites: number;
  tableReads: number;
  /** The look at which policies there are: once per invocation, whatever is in it. */
  policyReads: number;
  /** Notes of what falls due by time: written, taken away, looked for. */
  noteWrites: number;
  noteReads: number;
  logBytes: number;
  logLines: number;
  answerBytes: number;
  cpuMs: number;
  wallMs: number;
};

export const NOTHING: Took = {
  inboxWrites: 0,
  inboxReads: 0,
  tableWrites: 0,
  tableReads: 0,
  policyReads: 0,
  noteWrites: 0,
  noteReads: 0,
  logBytes: 0,
  logLines: 0,
  answerBytes: 0,
  cpuMs: 0,
  wallMs: 0,
};

export function sumOf(one: Took, other: Took): Took {
  const names = Object.keys(one) as (keyof Took)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as Took;
}

/** Starts a clock of the wall's time and the processor's; what it returns reads both. */
export function startTimer(): () => Pick<Took, 'cpuMs' | 'wallMs'> {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { cpuMs: (user + system) / 1_000, wallMs: performance.now() - startedMs };
  };
}

/** The units of some requests, by what they were for. */
export function unitsTaken(
  consumed: readonly Consumption[],
  { inbox }: { inbox: string },
): Omit<Took, 'logBytes' | 'logLines' | 'answerBytes' | 'cpuMs' | 'wallMs'> {
  const others = (partition: string) => !isPolicy(partition) && !isNote(partition);
  const elsewhere = consumed.filter(({ table }) => table !== inbox);
  return {
    inboxWrites: unitsOf(consumed, 'write', (it) => it.table === inbox),
    inboxReads: unitsOf(consumed, 'read', (it) => it.table === inbox),
    tableWrites: unitsOf(elsewhere, 'write', ({ partition }) => others(partition)),
    tableReads: unitsOf(elsewhere, 'read', ({ partition }) => others(partition)),
    policyReads: unitsOf(elsewhere, 'read', ({ partition }) => isPolicy(partition)),
    noteWrites: unitsOf(elsewhere, 'write', ({ partition }) => isNote(partition)),
    noteReads: unitsOf(elsewhere, 'read', ({ partition }) => isNote(partition)),
  };
}

const isPolicy = (partition: string): boolean => partition === profileKeys.policyHead.pk;
const isNote = (partition: string): boolean => partition.startsWith(`${kindIn(profileKeys.due(0, '', '').pk)}#`);

/** What a key begins with: `MEMBER` of `MEMBER#mem-1`. */
export const kindIn = (key: string): string => key.split('#')[0] ?? '';
