/** What one event and one request may be at most; each limit has a refusal of its own. */
export const INTAKE_LIMITS = {
  eventsPerRequest: 100,
  /** The contract's 1 MB. */
  bodyBytes: 1_048_576,
  /** As JSON in UTF-8: leaves room for the bus's own envelope under the 256 KB of an entry and of a message. */
  eventBytes: 240 * 1024,
  /** With the seals, which take a third more than what they seal; still under the bus's 256 KB, its own envelope included. */
  sealedBytes: 250 * 1024,
  /** Levels of objects and lists in an event. The deepest of the contract has six. */
  depth: 32,
} as const;
