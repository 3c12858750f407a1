import { MEDIA_TYPE_BATCH, MEDIA_TYPE_EVENT } from '../../events/envelope.ts';
import { checkRequest, correlatedEvents, errorsOf } from '../../shared/domain/intake/check-request.ts';
import { INTAKE_LIMITS } from '../../shared/domain/intake/limits.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { problemDetails } from '../../shared/runtime/problem-details.ts';
import { parseJson } from '../../shared/runtime/request-body.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { eventsAnswer, lateRejection } from './answers.ts';
import type { IntakeStores } from './stores.ts';
import { takeIn } from './take-in.ts';

const ERRORS_PER_PROBLEM = 50;

export const postEvents = defineRoute({
  method: 'POST',
  path: '/v1/events',
  summary: 'Takes in one event, or a batch of 1 to 100.',
  access: { kind: 'service', scopes: ['events:write'] },
  rawBody: { mediaTypes: [MEDIA_TYPE_EVENT, MEDIA_TYPE_BATCH], limitBytes: INTAKE_LIMITS.bodyBytes },
  answers: {
    202: {
      description: 'Accepted events are on the bus; each rejected one has a reason.',
      schema: eventsAnswer,
      example: { accepted: ['evt-1'], rejected: [] },
    },
  },
  problems: [
    'malformed_json',
    'invalid_events',
    'too_many_events',
    'body_too_large',
    'unsupported_media_type',
    'unavailable',
  ],
  async handle({ body, givenCorrelationId, count }, stores: IntakeStores) {
    const form = body.mediaType === MEDIA_TYPE_EVENT ? 'one' : 'batch';
    const request = checkRequest(parseJson(body.text), form, await stores.loadRules());
    if (request.kind === 'refused') throw new Problem(request.code, request.detail);

    const { leftOut, erased } = await takeIn(correlatedEvents(request.fit, givenCorrelationId), stores);
    const unfit = request.refused.map(({ refusal, ...place }) => ({ ...place, problem: problemDetails(refusal) }));
    const rejected = [...unfit, ...leftOut.map(({ event, code }) => lateRejection(event, code))].sort(
      (a, b) => a.index - b.index,
    );
    const indexes = new Set(rejected.map(({ index }) => index));
    const accepted = request.fit.filter(({ index }) => !indexes.has(index)).map(({ id }) => id);

    count({ ErasedMember: erased.size, Rejected: rejected.length });
    if (rejected.length > 0) stores.log.warn('rejected', { accepted: accepted.length, rejected: rejected.length });
    if (request.fit.length === 0) {
      const errors = errorsOf(request.refused, form, ERRORS_PER_PROBLEM);
      throw new Problem('invalid_events', 'See errors, and rejected for each event.', errors, { rejected });
    }
    if (accepted.length === 0 && leftOut.some(({ code }) => code === 'unavailable')) {
      throw new Problem('unavailable', 'No event could be put on the bus. Send the same again.', [], { rejected });
    }
    return { status: 202, body: { accepted, rejected } };
  },
});
