import { chanceOf } from '../../infra/attacks/chance.ts';
import { DAY_MS, type SimulatedReview } from '../../infra/attacks/simulated-review.ts';

const WORDS =
  'a caixa veio bem fechada e o tecido parece firme cor bonita mas tamanho menor que eu queria minha filha usa todo dia na escola lavei duas vezes sem perder forma motor faz barulho alto luz fraca cabo curto manual ruim tampa dura gaveta emperra cheiro forte montagem simples parafuso faltando garrafa vaza um pouco mesa balança chave serve bateria dura pouco'.split(
    ' ',
  );

const FIRST_MS = Date.parse('2026-01-01T00:00:00Z');
const DAYS = 300;

/** A shop where nobody attacks anything: products with some 40 reviews each, half of them with words, all by different members. */
export function quietShop(products: number, seed = 1): SimulatedReview[] {
  const chance = chanceOf(seed);
  const reviews = Array.from({ length: products * 40 }, (_, index): SimulatedReview => {
    const product = index % products;
    const text = chance.happens(0.5)
      ? Array.from({ length: chance.whole(8, 24) }, () => chance.one(WORDS)).join(' ')
      : '';
    return {
      reviewId: `real-${index}`,
      memberId: `member-${index}`,
      productId: `product-${product}`,
      brandId: `brand-${product % 7}`,
      atMs: FIRST_MS + Math.floor(chance.next() * DAYS * DAY_MS),
      stars: chance.happens(0.6) ? 5 : chance.whole(1, 5),
      verified: true,
      text,
      accountAgeDays: chance.whole(5, 40),
    };
  });
  return reviews.sort((a, b) => a.atMs - b.atMs || (a.reviewId < b.reviewId ? -1 : 1));
}
