import { clausesOf, normalise } from './normalise.ts';
import type { TermLists, TopicTerms } from './topic-terms.ts';

/** A topic that a text speaks of: by which terms, in which clauses, and how where a term says that. */
export type FoundTopic = {
  id: string;
  /** The terms as the lists have them, with what negates one, in the order in which they were met; a few are enough. */
  evidence: string[];
  clauses: string[];
  /** Terms of praise less terms of fault, a negated one counting for the other side. */
  balance: number;
};

const EVIDENCE_LIMIT = 5;

type Leaning = -1 | 0 | 1;
type Term = { topic: string; term: string; leaning: Leaning };
type EnglishTerm = Term & { words: string[]; open: boolean };
type Lists = { zh: (Term & { text: string })[]; en: Map<string, EnglishTerm[]>; enOpen: EnglishTerm[] };

/** Made once for lists that are used for many texts. */
const prepared = new WeakMap<TopicTerms, Lists>();

/** The topics of a text in the order of the lists. A text of another language has none. */
export function findTopics(text: string, language: 'zh' | 'en', topics: TopicTerms): FoundTopic[] {
  const lists = prepared.get(topics) ?? prepare(topics);
  const found = new Map<string, FoundTopic>();
  const seen = normalise(text);
  const chinese = language === 'zh' ? lists.zh.filter((term) => seen.includes(term.text)) : [];
  for (const clause of clausesOf(seen)) {
    for (const { topic, term, leaning } of language === 'zh' ? inChinese(clause, chinese) : inEnglish(clause, lists)) {
      const entry = found.get(topic) ?? { id: topic, evidence: [], clauses: [], balance: 0 };
      found.set(topic, entry);
      if (!entry.evidence.includes(term) && entry.evidence.length < EVIDENCE_LIMIT) entry.evidence.push(term);
      if (entry.clauses.at(-1) !== clause) entry.clauses.push(clause);
      entry.balance += leaning;
    }
  }
  return Object.keys(topics).flatMap((id) => found.get(id) ?? []);
}

function prepare(topics: TopicTerms): Lists {
  const lists: Lists = { zh: [], en: new Map(), enOpen: [] };
  for (const [topic, { zh, en }] of Object.entries(topics)) {
    for (const { term, leaning } of termsOf(zh)) lists.zh.push({ topic, term, leaning, text: normalise(term) });
    for (const { term, leaning } of termsOf(en)) {
      const open = term.endsWith('*');
      const words = wordsOf(normalise(open ? term.slice(0, -1) : term));
      const [first] = words;
      if (first === undefined) continue;
      const entry = { topic, term, leaning, words, open };
      if (open && words.length === 1) lists.enOpen.push(entry);
      else lists.en.set(first, [...(lists.en.get(first) ?? []), entry]);
    }
  }
  prepared.set(topics, lists);
  return lists;
}

/** Every term once: one that stands in several lists leans as the most telling of them. */
function termsOf({ about = [], praise = [], fault = [] }: TermLists = {}): { term: string; leaning: Leaning }[] {
  const leanings = new Map<string, Leaning>();
  for (const term of about) leanings.set(term, 0);
  for (const term of praise) leanings.set(term, 1);
  for (const term of fault) leanings.set(term, -1);
  return [...leanings].filter(([term]) => term.trim() !== '').map(([term, leaning]) => ({ term, leaning }));
}

const ZH_NEGATION = /(?:不|没|没有|无|未|别|并非|不是|不算|不太|不够|不怎么)$/;
const ZH_NEGATION_LENGTH = 3;

function inChinese(clause: string, terms: Lists['zh']): Term[] {
  return terms.flatMap(({ topic, term, leaning, text }) => {
    const at = clause.indexOf(text);
    if (at === -1) return [];
    const [negation] = ZH_NEGATION.exec(clause.slice(Math.max(0, at - ZH_NEGATION_LENGTH), at)) ?? [];
    return [
      negation === undefined ? { topic, term, leaning } : negated({ topic, term, leaning }, `${negation}${term}`),
    ];
  });
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}']+/gu) ?? [];
const EN_NEGATION =
  /^(?:not|no|never|nothing|hardly|without|cannot|isn't|wasn't|aren't|don't|didn't|doesn't|won't|isnt|wasnt|dont|didnt|doesnt)$/;
const EN_NEGATION_REACH = 3;

function inEnglish(clause: string, { en, enOpen }: Lists): Term[] {
  const words = wordsOf(clause);
  return words.flatMap((word, at) => {
    const open = enOpen.filter(({ words: [start = ''] }) => word.startsWith(start));
    const met = [...(en.get(word) ?? []), ...open].filter((term) => stands(term, words, at));
    const before = words.slice(Math.max(0, at - EN_NEGATION_REACH), at);
    const negation = before.findLast((other) => EN_NEGATION.test(other));
    return met.map(({ topic, term, leaning }) => {
      return negation === undefined
        ? { topic, term, leaning }
        : negated({ topic, term, leaning }, `${negation} ${term}`);
    });
  });
}

/** A term that says how a topic fares says the opposite when it is negated; one that only names it is what it was. */
function negated(found: Term, term: string): Term {
  return found.leaning === 0 ? found : { ...found, term, leaning: found.leaning === 1 ? -1 : 1 };
}

function stands({ words: wanted, open }: EnglishTerm, words: readonly string[], at: number): boolean {
  return wanted.every((word, index) => {
    const there = words[at + index] ?? '';
    return there === word || (open && index === wanted.length - 1 && there.startsWith(word));
  });
}
