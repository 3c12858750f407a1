import { READ_LIMIT } from './normalise.ts';

/** What a text is read as; `other` is every language that there is no model for. */
export type Language = 'zh' | 'en' | 'other';

/** A Chinese character says about as much as so many Latin letters: words of 4.5 letters against words of 1.8 characters. */
const LETTERS_PER_HAN = 2.5;

/** Above this share of kana among kana and Chinese characters it is Japanese. */
const KANA_SHARE = 0.1;

/** Of the words of an English text about half are on the list below; short ones have fewer. */
const ENGLISH_SHARE = 0.15;

/** Function words, and what English reviews are full of, as those of three words often have no function word. */
const ENGLISH: ReadonlySet<string> = new Set(
  (
    'the and of to in is it was for that this with i my on not are have had has you your be been but so as at they them their ' +
    'we our us he she his her its an or if when than then too very just really only also even still after before because ' +
    'from by about into out up off down over again all any some more most much many no yes what which who how why where ' +
    'would could should will can cannot cant dont didnt doesnt isnt wasnt wont does did do were there these those here ' +
    "don't didn't doesn't isn't wasn't won't can't couldn't wouldn't it's i'm i've i'd that's they're " +
    'good great nice bad poor excellent perfect awesome amazing terrible awful horrible disappointed disappointing disappointment ' +
    'love loved like liked hate recommend recommended buy bought buying purchase purchased order ordered arrived delivery ' +
    'delivered shipping shipped quality size price product money worth waste cheap expensive fast slow quick quickly broken ' +
    'broke works work working worked stopped never always ever fit fits fitted color colour soft comfortable beautiful pretty happy ' +
    'easy well better best worst worse thank thanks seller service refund return returned returning fake package ' +
    'packaging packed box damaged small large big tight loose wear wearing got get one two time day days week weeks month ' +
    'months year years look looks looking feel feels made fabric shirt shoes phone battery screen book star stars ' +
    'lovely cute gorgeous stunning elegant classic comfy cozy flattering versatile sweet fun huge tiny weird itchy scratchy cheaply sturdy ' +
    'useless rubbish garbage crap junk wow super ok okay fine such see through top dress sweater pants jeans skirt jacket coat tee'
  ).split(/\s+/),
);

/** Endings that are frequent in English and rare in the languages below. */
const ENGLISH_ENDING = /.{2}(?:ing|ly|ful|ness|less|ed|ght|ish)$/;

/** Function words and review words of the languages that share the letters: Portuguese, Spanish, French, Italian, German, Dutch. */
const FOREIGN: ReadonlySet<string> = new Set(
  (
    'de que o e da do em um uma para com não nao os as dos das na no nos nas por mais foi ao muito bom boa otimo ótimo ótima ' +
    'otima produto entrega prazo chegou recebi comprei compra veio antes ainda loja recomendo excelente bem meu minha ele ela ' +
    'mas como se esta está este isso tudo já ja pelo pela sem só so qualidade rapido rápido gostei adorei ok obrigado pedido ' +
    'el la los las un una y en del con es muy pero lo le su al como más mas calidad bueno buena producto llegó llego gracias ' +
    'le les des et est une du dans pour pas ce cette qui sur avec très tres bien je produit qualité livraison bon bonne mais ' +
    'il di che è per sono non molto anche della prodotto buono ottimo ottima consegna perfetto tutto questo ' +
    'der die das und ist nicht ein eine ich mit zu den von auf für sehr gut aber auch wie schnell ware artikel nach ' +
    'het een van ik niet dat op te zijn maar goed heel erg snel mooi voor met'
  ).split(/\s+/),
);

/** Tags are in no language, whatever letters they have. */
const MARKUP = /<\/?[a-z][^<>]{0,200}(?:>|$)/gi;

/**
 * The language of a text by its dominant script, and for Latin letters by the words in it. A text without letters is `other`.
 * Looks at the beginning of long texts only.
 */
export function detectLanguage(text: string): Language {
  const read = text.slice(0, READ_LIMIT).normalize('NFKC').slice(0, READ_LIMIT).replace(MARKUP, ' ');
  const han = count(read, /\p{Script=Han}/gu);
  const latin = count(read, /\p{Script=Latin}/gu);
  const letters = count(read, /\p{L}/gu);
  const elsewhere = letters - han - latin;
  const hanWeight = han * LETTERS_PER_HAN;
  if (han > 0 && hanWeight >= latin && hanWeight >= elsewhere) {
    const kana = count(read, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
    return kana > KANA_SHARE * (han + kana) ? 'other' : 'zh';
  }
  if (latin === 0 || elsewhere > latin || hanWeight > latin) return 'other';
  return isEnglish(read.toLowerCase()) ? 'en' : 'other';
}

function isEnglish(text: string): boolean {
  const words = text.replace(/[’‘]/g, "'").match(/\p{L}[\p{L}']*/gu) ?? [];
  let english = 0;
  let foreign = 0;
  for (const word of words) {
    const isForeign = FOREIGN.has(word) || /[^a-z']/.test(word);
    if ((ENGLISH.has(word) || ENGLISH_ENDING.test(word)) && !isForeign) english += 1;
    else if (isForeign && !ENGLISH.has(word)) foreign += 1;
  }
  return english > foreign && english >= ENGLISH_SHARE * words.length;
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) found += 1;
  return found;
}
