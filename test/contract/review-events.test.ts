import { describe, expect, it } from 'vitest';
import type { EventDefinition } from '../../events/define-event.ts';
import { inspectionCompleted } from '../../events/quality/inspection-completed.v1.ts';
import { reviewRemoved } from '../../events/review/review-removed.v1.ts';
import { reviewSubmitted } from '../../events/review/review-submitted.v1.ts';
import { reviewVoted } from '../../events/review/review-voted.v1.ts';

/** What an event is refused for whose data are those of its sample but for some; undefined takes a field away. */
function errorsOf(definition: EventDefinition, data: Record<string, unknown>): string[] {
  const event = { ...definition.sample, data: { ...(definition.sample.data as object), ...data } };
  const parsed = definition.parse(JSON.parse(JSON.stringify(event)));
  return parsed.ok ? [] : parsed.errors.map(({ path, code }) => `${path} ${code}`);
}

const LONG = 10_000;

describe('a review is refused', () => {
  it.each([
    { what: 'no stars', data: { ratings: {} }, error: 'data.ratings.product required' },
    { what: 'a star too few', data: { ratings: { product: 0 } }, error: 'data.ratings.product too_small' },
    { what: 'a star too many', data: { ratings: { product: 6 } }, error: 'data.ratings.product too_big' },
    { what: 'half a star', data: { ratings: { product: 4.5 } }, error: 'data.ratings.product invalid_type' },
    { what: 'stars in words', data: { ratings: { product: 'five' } }, error: 'data.ratings.product invalid_type' },
    {
      what: 'too many stars for the service',
      data: { ratings: { product: 5, service: 9 } },
      error: 'data.ratings.service too_big',
    },
    {
      what: 'too few stars for the delivery',
      data: { ratings: { product: 5, logistics: -1 } },
      error: 'data.ratings.logistics too_small',
    },
    { what: 'an empty text', data: { text: '' }, error: 'data.text empty_text' },
    { what: 'a text of blanks', data: { text: ' \n\t ' }, error: 'data.text empty_text' },
    { what: 'an empty title', data: { title: ' ' }, error: 'data.title empty_text' },
    { what: 'a text of 100 KB', data: { text: 'x'.repeat(100_000) }, error: 'data.text too_big' },
    { what: 'a text of one character too many', data: { text: 'x'.repeat(LONG + 1) }, error: 'data.text too_big' },
    { what: 'a NUL in the text', data: { text: 'a\u0000b' }, error: 'data.text control_character' },
    { what: 'an escape in the title', data: { title: 'a\u001b[31mb' }, error: 'data.title control_character' },
    { what: 'pictures below none', data: { mediaCount: -1 }, error: 'data.mediaCount too_small' },
    { what: 'pictures without end', data: { mediaCount: 101 }, error: 'data.mediaCount too_big' },
    { what: 'no author', data: { memberId: undefined }, error: 'data.memberId required' },
    {
      what: 'an e-mail address for an author',
      data: { memberId: 'ann@example.org' },
      error: 'data.memberId invalid_format',
    },
    { what: 'no product', data: { productId: undefined }, error: 'data.productId required' },
  ])('with $what', ({ data, error }) => {
    expect(errorsOf(reviewSubmitted as EventDefinition, data)).toEqual([error]);
  });
});

describe('a review is taken', () => {
  it.each([
    { what: 'without words', data: { title: undefined, text: undefined } },
    { what: 'with emoji', data: { text: '👍🏽👨‍👩‍👧 5/5' } },
    { what: 'in several languages and directions', data: { text: '很好 — très bon, очень хорошо, جيد جدا' } },
    { what: 'with markup, which is text like any other', data: { text: '<script>alert(1)</script> & <b>bold</b>' } },
    { what: 'with line ends and tabs', data: { text: 'one\r\n\ttwo' } },
    { what: 'of the greatest length', data: { text: 'x'.repeat(LONG) } },
  ])('$what, and nothing is done to its words', ({ data }) => {
    expect(errorsOf(reviewSubmitted as EventDefinition, data)).toEqual([]);
    const parsed = reviewSubmitted.parse({
      ...reviewSubmitted.sample,
      data: JSON.parse(JSON.stringify({ ...(reviewSubmitted.sample.data as object), ...data })) as unknown,
    });
    expect(parsed.ok && parsed.event.data.text).toBe(data.text);
  });
});

describe('a vote, a removal or an inspection is refused', () => {
  it.each([
    { what: 'a vote of nobody', definition: reviewVoted, data: { voterId: undefined }, error: 'data.voterId required' },
    {
      what: 'a vote that is neither',
      definition: reviewVoted,
      data: { helpful: 'yes' },
      error: 'data.helpful invalid_type',
    },
    {
      what: 'a removal by somebody else',
      definition: reviewRemoved,
      data: { by: 'brand' },
      error: 'data.by invalid_value',
    },
    {
      what: 'more that failed than were looked at',
      definition: inspectionCompleted,
      data: { sampled: 5, failed: 6 },
      error: 'data.failed failed_exceeds_sampled',
    },
    {
      what: 'nothing looked at',
      definition: inspectionCompleted,
      data: { sampled: 0, failed: 0 },
      error: 'data.sampled too_small',
    },
    {
      what: 'less than none failed',
      definition: inspectionCompleted,
      data: { failed: -1 },
      error: 'data.failed too_small',
    },
    {
      what: 'half a piece',
      definition: inspectionCompleted,
      data: { sampled: 1.5 },
      error: 'data.sampled invalid_type',
    },
    { what: 'a mark over 100', definition: inspectionCompleted, data: { score: 101 }, error: 'data.score too_big' },
    {
      what: 'nothing that was inspected',
      definition: inspectionCompleted,
      data: { productId: undefined, supplierId: undefined },
      error: 'data no_target',
    },
  ])('with $what', ({ definition, data, error }) => {
    expect(errorsOf(definition as EventDefinition, data)).toEqual([error]);
  });
});
