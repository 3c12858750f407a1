import type { InputError } from '../../events/envelope.ts';

/** Every code a caller may see, with its HTTP status and title. Anything else is a 500 with a correlation id. */
export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is no JSON' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  invalid_events: { status: 400, title: 'No event of the request is valid' },
  invalid_event: { status: 400, title: 'The event is not valid' },
  unknown_type: { status: 400, title: 'There is no such event type' },
  unknown_currency: { status: 400, title: 'The policy does not know this currency' },
  event_too_large: { status: 400, title: 'The event is too large' },
  too_many_events: { status: 400, title: 'Too many events in one request' },
  invalid_policy: { status: 400, title: 'The policy is not valid' },
  invalid_cursor: { status: 400, title: 'The cursor is not valid' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'This token may not do this' },
  subject_required: { status: 403, title: 'The token does not say who acts' },
  not_found: { status: 404, title: 'There is nothing here' },
  unknown_coupon: { status: 404, title: 'There is no such coupon' },
  id_reused: { status: 409, title: 'The id is taken by other content' },
  coupon_not_yet_valid: { status: 409, title: 'The coupon has not begun' },
  coupon_revoked: { status: 409, title: 'The coupon has been taken back' },
  coupon_redeemed: { status: 409, title: 'The coupon has been used' },
  coupon_expired: { status: 409, title: 'The coupon has expired' },
  coupon_in_use: { status: 409, title: 'Another checkout holds the coupon' },
  coupon_member_cap_reached: { status: 409, title: 'The member has been given enough of these' },
  coupon_budget_exhausted: { status: 409, title: 'There are no more of these coupons' },
  coupon_wrong_category: { status: 409, title: 'The coupon is not for these lines' },
  coupon_below_minimum: { status: 409, title: 'The lines come to too little for the coupon' },
  coupon_without_effect: { status: 409, title: 'The coupon would take nothing off' },
  insufficient_points: { status: 409, title: 'There are not so many points to spend' },
  redemption_too_large: { status: 409, title: 'One redemption takes fewer points' },
  order_share_exceeded: { status: 409, title: 'Points pay a smaller share of an order' },
  order_of_another: { status: 409, title: 'The order is not one of this member' },
  order_cancelled: { status: 409, title: 'The order has been cancelled' },
  unknown_line: { status: 409, title: 'The order has no such line' },
  return_exceeds_purchase: { status: 409, title: 'More would come back than was bought' },
  too_many_facts: { status: 409, title: 'Too much has happened to it' },
  not_rejected: { status: 409, title: 'The review is not rejected' },
  redemption_in_use: { status: 409, title: 'The redemption pays an order' },
  not_decided: { status: 409, title: 'The complaint has not been decided' },
  already_decided: { status: 409, title: 'It has been decided' },
  already_appealed: { status: 409, title: 'There is an appeal' },
  already_rated: { status: 409, title: 'The member has rated it' },
  complaint_closed: { status: 409, title: 'The complaint is closed' },
  same_person: { status: 409, title: 'It takes another person' },
  unknown_cause: { status: 409, title: 'The shop does not know what it rests on' },
  sanction_not_open: { status: 409, title: 'The case has been decided' },
  answer_period_running: { status: 409, title: 'An answer may still come' },
  end_date_required: { status: 409, title: 'A restriction has an end' },
  end_date_not_ahead: { status: 409, title: 'The end of the restriction has passed' },
  end_date_too_far: { status: 409, title: 'The restriction would last too long' },
  too_many_restrictions: { status: 409, title: 'There is no room for another restriction' },
  not_restricted: { status: 409, title: 'There is no restriction to appeal from' },
  appeal_period_over: { status: 409, title: 'The time to appeal has passed' },
  not_appealed: { status: 409, title: 'Nobody has appealed' },
  member_erased: { status: 410, title: 'The member has been erased' },
  base_currency_fixed: { status: 409, title: 'Accounts are kept in another currency' },
  nothing_to_replay: { status: 409, title: 'Nothing happened in this time' },
  too_many_versions: { status: 409, title: 'The policy has been changed too often' },
  precondition_failed: { status: 412, title: 'It has changed since it was read' },
  too_much_to_replay: { status: 413, title: 'More than one request can replay' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'This content type is not understood here' },
  precondition_required: { status: 428, title: 'Say which version is to be replaced' },
  too_many_requests: { status: 429, title: 'Too many requests in a minute' },
  unavailable: { status: 503, title: 'Please try again' },
  internal: { status: 500, title: 'Something went wrong here' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** An answer the caller may see: RFC 9457 problem details with a stable code. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly InputError[];
  /** Further members of the problem details, such as what was rejected. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    code: ProblemCode,
    detail: string,
    errors: readonly InputError[] = [],
    extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Problem';
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.extensions = extensions;
  }
}

/** What is asked or told is of a member whom the shop has forgotten: it is counted, and not applied. */
export class MemberErased extends Error {
  constructor() {
    super('The member has been erased.');
    this.name = 'MemberErased';
  }
}

/** A fact that no retry can make right; it goes to the dead-letter queue at once, with this reason. */
export class PermanentFailure extends Error {
  readonly code: string;

  constructor(code: string, reason: string) {
    super(reason);
    this.name = 'PermanentFailure';
    this.code = code;
  }
}
