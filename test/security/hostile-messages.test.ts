import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../events/catalogue.ts';
import type { EventDefinition } from '../../events/define-event.ts';
import { envelopeSchema } from '../../events/envelope.ts';
import { readWiring } from '../../infra/local/wiring/read-wiring.ts';
import { stacksOf } from '../infra/stage-templates.ts';
import { sqsBatch } from '../support/lambda.ts';
import { type LoadedBackend, loadBackend } from '../support/loaded-backend.ts';
import { hostileText, nearlyValidJson, validInput } from '../support/schema-arbitrary.ts';

/** Messages for each queue: of the kind that its function takes, nearly so, and of no kind at all. */
const PER_QUEUE = 60;
const SEED = Number(process.env.HOSTILE_SEED ?? '6');

const stacks = (await stacksOf('dev')).map(({ name: stackName, template }) => ({ stackName, template }));
const wiring = readWiring(stacks, {
  surroundings: { region: 'eu-west-1', account: '000000000000' },
  queueUrl: (name) => `http://queues.invalid/${name}`,
});

let backend: LoadedBackend;
beforeAll(async () => {
  backend = await loadBackend();
}, 120_000);
afterAll(() => backend.stop());

/** Events of a type, right and nearly right, sealed and not. */
function eventsOf({ schema, dataSchema, type }: EventDefinition): fc.Arbitrary<string> {
  const event = fc
    .tuple(validInput(envelopeSchema), validInput(dataSchema), fc.constantFrom('none', 'v1.AAAA', '', 7))
    .map(([envelope, data, rapportseal]) => ({ ...(envelope as object), specversion: '1.0', type, data, rapportseal }));
  return fc.oneof(
    event.map((it) => JSON.stringify(it)),
    nearlyValidJson(schema, event),
  );
}

/** What a queue may be sent: mostly of the type that its rule takes. */
function messagesFor(queue: string): fc.Arbitrary<string> {
  const own = catalogue.filter(({ busSource, type, sample }) =>
    wiring.rules
      .filter(({ targets }) => targets.some((target) => target.kind === 'queue' && target.queue === queue))
      .some(({ matches }) => {
        const event = { source: busSource, 'detail-type': type };
        return (
          matches({ ...event, detail: { ...sample, rapportseal: 'none' } }) || matches({ ...event, detail: sample })
        );
      }),
  );
  const every = fc.oneof(...catalogue.map(eventsOf));
  return fc.oneof(
    { weight: 4, arbitrary: own.length === 0 ? every : fc.oneof(...own.map(eventsOf)) },
    { weight: 1, arbitrary: every },
    { weight: 1, arbitrary: hostileText },
  );
}

describe('a queue takes whatever comes: it is done, laid aside with a reason, or asked for again', () => {
  it.each(wiring.queueMappings.map(({ functionName, queue }) => [functionName, queue]))(
    '%s',
    async (functionName, queue) => {
      const seen = { done: 0, laidAside: 0 };
      await fc.assert(
        fc.asyncProperty(fc.array(messagesFor(queue), { minLength: 1, maxLength: 5 }), async (bodies) => {
          const answer = await backend.invoke(functionName, sqsBatch(...bodies.map((body) => ({ body }))));
          const letters = backend.takeLetters();
          backend.takeEntries();
          // Nothing but a conflict or a busy table is a reason to be asked again, and there is neither here.
          expect({ answer, complaints: backend.complaints.filter((line) => line.includes('retry')) }).toEqual({
            answer: { batchItemFailures: [] },
            complaints: [],
          });
          for (const { body, reason, code } of letters) {
            // The relay's are sealed before they are laid aside.
            if (functionName !== 'intake-unsealed') expect(bodies).toContain(body);
            expect(code).toMatch(/^[a-z_]+$/);
            expect(reason?.length).toBeGreaterThan(0);
          }
          seen.laidAside += letters.length;
          seen.done += bodies.length - letters.length;
        }),
        { numRuns: PER_QUEUE, seed: SEED },
      );
      expect(seen.laidAside).toBeGreaterThan(0);
      expect(seen.done).toBeGreaterThan(0);
    },
    120_000,
  );
});
