import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * Records are kept as compressed JSON in one attribute, because DynamoDB bills by the kilobyte: with a dictionary of
 * the words that every record has, a member's account or a ten-line order fits in one write unit. The first byte names
 * the dictionary; a dictionary is never changed, a better one gets the next number.
 */
const DICTIONARIES: readonly Buffer[] = [
  Buffer.from(
    [
      '{"identifications":[],"orderIds":["unitsReturned":,"cancelled":,"completed":',
      '"shipping":0,"tax":0,"redemptionId":"","couponIds":[""],"supplierId":"","brandId":"","category":"","discount":',
      '"reason":"","returnId":"","anonymousId":"","benefits":[],"corrects":"","from":"basic","to":"silver","to":"gold","kind":"tier"',
      '"lapsed":[{"expiresAtMs":1,"points":}],"debt":0,"tier":{"id":"basic","sinceMs":1},"firstOrderAtMs":1,"lastOrderAtMs":1,"activeSinceMs":1,',
      '"stage":{"id":"growing","sinceMs":"mature","new"},"taste":{"asOfMs":1,"categories":{},"brands":{},"priceBand":{"middle":,"low":,"high":},"channels":{"web":,"app":,"store":}}}',
      '"kind":"expire","eventType":"points.expiry","arithmetic":" points were not used in time","kind":"reverse","state":"debt","eventType":"order.cancelled.v1"',
      ' points of the order, held 7 days","eventType":"order.returned.v1","arithmetic":"line 1: floor( / ) = ","hold":{"availableAtMs":1,"expiresAtMs":1}',
      '"kind":"available","state":"available","points":,"eventType":"order.completed.v1","arithmetic":" points to spend""arithmetic":"the hold of  points has ended"',
      '{"last":{"atMs":1,"rank":0,"eventId":"","orderId":""},"lifetime":{"orders":,"spend":,"returned":0},"openPoints":0,"held":[{"orderId":"","eventId":"","points":,"policyStamp":"1-","availableAtMs":1,"expiresAtMs":1}],"lots":[{"expiresAtMs":1,"points":}]',
      '"terms":{"policyStamp":"1-","purchaseRate":1,"holdDays":7,"expiryMonths":12,"timeZone":"UTC","rate":1,"digits":2,"baseDigits":2,"priceBands":[{"id":"low","upTo":1000},{"id":"middle","upTo":5000},{"id":"high"}]},"bookedTo":{"kind":"member","memberId":"","kind":"guest"}',
      '{"orderId":"","facts":[{"kind":"placed","eventId":"","hash":"","atMs":1,"data":{"orderId":"","memberId":"","channel":"web","currency":"GBP","lines":[{"lineId":"1","productId":"","quantity":1,"unitPrice":},{"lineId":"2","productId":"","quantity":1,"unitPrice":}]}},{"kind":"completed","kind":"returned","kind":"cancelled"',
      '{"journal":{"count":1,"pages":0,"tail":[{"kind":"earn","state":"pending","points":,"atMs":1,"eventId":"","eventType":"order.placed.v1","subject":"","policyStamp":"1-","arithmetic":"floor( x 1) = ","seq":1},',
    ].join(''),
  ),
  // Records that an account has beside orders, and redemptions, check-ins and coupons; what is written most comes last.
  Buffer.from(
    [
      '{"identifications":[],"orderIds":["unitsReturned":,"cancelled":,"shipping":0,"tax":0,"supplierId":"","anonymousId":"","benefits":[],"redemptionId":"","couponIds":[""]',
      '"kind":"visitor","kind":"guest","attention":{"state":"waiting","sinceMs":"refused"},"multipliers":[{"id":"","factor":2,"categories":["brands":["shortfall":"within_balance","only_pending"',
      '{"orderId":"","placings":[{"eventId":"","atMs":1,"memberId":"","couponIds":[""]}],"cancelled":{"eventId":"","atMs":1}}',
      '{"memberId":"","count":1,"pages":0,"tail":[""],"given":{"":{"ever":1,"years":{"2026":1}}}}',
      '{"couponId":"","orders":[{"orderId":"","version":1,"memberId":"","placedAtMs":1,"cancelledAtMs":1}],"issued":{"memberId":"","definition":{"id":"birthday","kind":"percent","percent":10,"limit":,"kind":"amount","amount":5000,"minimum":10000,"validDays":30,"perMember":1,"perMemberPeriod":"year"},"issuedAtMs":1,"year":2026,"policyStamp":"1-"},"hold":{"orderId":"","untilMs":1},"ended":{"kind":"expired","revoked","atMs":1,"reason":""}',
      '{"memberId":"","causeId":"introduction:","facts":[{"kind":"introduced","eventId":"","hash":"","atMs":1,"data":{"timeZone":"Europe/","referredBy":""}}]}',
      '{"memberId":"","causeId":"adjustment:","facts":[{"kind":"adjusted","eventId":"","hash":"","atMs":1,"data":{"points":,"reason":"","by":""}}],"receipts":{"adjusted":{"adjustmentId":"","memberId":"","points":,"reason":"","at":"2026-01-05T10:00:00.000Z","balance":{"available":,"pending":0,"debt":0}}}}',
      '{"memberId":"","causeId":"redemption:","facts":[{"kind":"redeemed","eventId":"","hash":"","atMs":1,"data":{"redemptionId":"","points":,"orderId":"","orderNet":}},{"kind":"released"],"receipts":{"redeemed":{"redemptionId":"","memberId":"","points":,"value":{"amount":,"currency":"EUR"},"orderId":"","at":"2026-01-05T10:00:00.000Z","balance":{"available":,"pending":,"debt":0}}}}',
      '{"memberId":"","causeId":"review:","facts":[{"kind":"review_submitted","review_published","review_rejected","kind":"rewarded","kind":"revoked","type":"referral.completed.v1","reason":"welcome: brought by a member"',
      '{"memberId":"","causeId":"checkin:","facts":[{"kind":"checked_in","eventId":"","hash":"","atMs":1,"data":{}}]}',
      '"lapsed":[{"expiresAtMs":1,"points":}],"debt":,"redeemed":[{"id":"","points":,"lots":[{"expiresAtMs":1,"points":}],"back":0,"returned":0,"orderId":"","net":,"limit":,"over":true}],"tier":{"id":"diamond","fallsAtMs":1,"timeZone":"Europe/","checkedIn":"2026-01-05","referral":{"by":"","orderId":"","dueAtMs":1,"left":,"doneAtMs":1}',
      '"kind":"referral","by":"","withdrawn":true,"eventId":"referral:","eventType":"referral.window","kind":"refund","kind":"adjust","corrects":"earn|pending||","arithmetic":" instead of , now that  is known"',
      '"kind":"tier","from":"basic","to":"silver","from":"gold","to":"diamond","spend":,"reason":"correction","reason":"policy","reason":"return","reason":"lapse","eventId":"tier:","eventType":"tier.review","reason":"spend","atMs":1',
      '{"kind":"reverse","state":"debt","points":-,"eventType":"order.cancelled.v1","eventType":"order.returned.v1","arithmetic":"line 1: floor( / ) = ","arithmetic":" points of the order","hold":{"availableAtMs":1,"expiresAtMs":1}',
      '{"kind":"redeem","state":"available","points":-,"atMs":1,"eventId":"","eventType":"points.redemption","subject":"redemption:","policyStamp":"1-","arithmetic":" points redeemed for order ","seq":1},',
      '{"kind":"notice","atMs":1,"days":30,"days":7,"points":,"expiresAtMs":1,"eventId":"notice:30","eventType":"points.expiry","subject":"2026-01-31T23:59:59.999Z","policyStamp":"1-","seq":1},',
      '{"kind":"expire","state":"available","points":-,"atMs":1,"eventId":"expiry:2026-01-31T23:59:59.999Z","eventType":"points.expiry","subject":"2026-01-31T23:59:59.999Z","policyStamp":"1-","arithmetic":" points were not used in time","seq":1},',
      '{"kind":"earn","state":"available","points":10,"atMs":1,"hold":{"availableAtMs":1,"expiresAtMs":1},"eventId":"","eventType":"member.checked_in.v1","subject":"checkin:","policyStamp":"1-","arithmetic":"10 a day, for 2026-01-05","seq":1},',
      '{"orderId":"","facts":[{"kind":"placed","eventId":"","hash":"","atMs":17,"data":{"orderId":"","memberId":"","channel":"web","channel":"app","channel":"store","currency":"EUR","lines":[{"lineId":"1","productId":"","quantity":1,"unitPrice":,"discount":,"brandId":"","category":""},{"lineId":"2","productId":"","quantity":2,"unitPrice":,"brandId":"","category":""},{"lineId":"3","productId":"","quantity":1,"unitPrice":},{"lineId":"4","productId":"","quantity":1,"unitPrice":}],"shipping":}},{"kind":"completed","eventId":"","hash":"","atMs":17,"data":{"orderId":"","memberId":"","returnId":"","lines":[{"lineId":"","quantity":1}],"reason":"","kind":"returned","kind":"cancelled","cancelled":',
      '}}],"terms":{"policyStamp":"1-","purchaseRate":1,"holdDays":7,"expiryMonths":12,"timeZone":"UTC","rate":1,"digits":2,"baseDigits":2,"priceBands":[{"id":"low","upTo":1000},{"id":"middle","upTo":5000},{"id":"high"}]},"bookedTo":{"kind":"member","memberId":"',
      '{"entries":[{"kind":"available","state":"pending","points":-,"atMs":17,"hold":{"availableAtMs":17,"expiresAtMs":18},"eventId":"","eventType":"order.completed.v1","subject":"","policyStamp":"1-","arithmetic":"the hold of  points has ended","seq":1},',
      '{"kind":"available","state":"available","points":,"atMs":17,"hold":{"availableAtMs":17,"expiresAtMs":18},"eventId":"","eventType":"order.completed.v1","subject":"","policyStamp":"1-","arithmetic":" points to spend","seq":1}]}}',
      '{"memberId":"mem-","account":{"fold":2,"clockMs":17,"lifetime":{"orders":,"spend":,"returned":0},"months":{"243":,"243":},"openPoints":0,"held":[{"orderId":"","eventId":"","points":,"policyStamp":"1-","availableAtMs":17,"expiresAtMs":18}],"lots":[{"expiresAtMs":17599999,"points":},{"expiresAtMs":18399999,"points":}],"lapsed":[],"debt":0,"redeemed":[],"tier":{"id":"basic","sinceMs":17},"tier":{"id":"silver","sinceMs":17},"tier":{"id":"gold","sinceMs":17},"stage":{"id":"new","sinceMs":0},"stage":{"id":"growing","sinceMs":17},"stage":{"id":"mature","sinceMs":17},"taste":{"asOfMs":17,"categories":{"","":},"brands":{"":,"":},"priceBand":{"low":,"middle":,"high":},"channels":{"app":,"store":,"web":}},"activeSinceMs":17,"firstOrderAtMs":17,"lastOrderAtMs":17,"last":{"atMs":17,"rank":0,"eventId":"","subject":""}},',
      '"journal":{"count":1,"pages":0,"tail":[{"kind":"earn","state":"pending","points":,"atMs":17,"eventId":"","eventType":"order.placed.v1","subject":"","policyStamp":"1-","arithmetic":"floor( x 1) = ","seq":1},',
    ].join(''),
  ),
];

const CURRENT = DICTIONARIES.length - 1;

export function pack(value: unknown): Uint8Array {
  const dictionary = DICTIONARIES[CURRENT];
  const body = deflateRawSync(JSON.stringify(value), { level: 9, ...(dictionary && { dictionary }) });
  return Buffer.concat([Buffer.of(CURRENT), body]);
}

/**
 * Reads what `pack` wrote, as bytes or, as a stream hands them to a function, in base64. Throws where a newer release
 * wrote it, whose dictionary is not known here.
 */
export function unpack(packed: Uint8Array | string): unknown {
  const bytes = typeof packed === 'string' ? Buffer.from(packed, 'base64') : packed;
  const number = bytes[0] ?? -1;
  const dictionary = DICTIONARIES[number];
  if (dictionary === undefined)
    throw new Error(`A record was packed with dictionary ${number}, unknown to this release.`);
  return JSON.parse(inflateRawSync(bytes.subarray(1), { dictionary }).toString('utf8'));
}
