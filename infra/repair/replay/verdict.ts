/** What an archived event is to the shop now: known, with the same content; new; or not to be applied. */
export type Verdict = { kind: 'known' } | { kind: 'new' } | { kind: 'refused'; code: string };
