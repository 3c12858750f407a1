import type { Model } from './model.ts';
import type { ProductFacts, Standing } from './product-facts.ts';

/** Where something comes in a set of names, in the order in which they were met. */
class Names {
  readonly #index = new Map<string, number>();
  readonly #names: string[] = [];

  get size(): number {
    return this.#names.length;
  }

  find(name: string): number | undefined {
    return this.#index.get(name);
  }

  intern(name: string): number {
    const known = this.#index.get(name);
    if (known !== undefined) return known;
    this.#index.set(name, this.#names.length);
    this.#names.push(name);
    return this.#names.length - 1;
  }

  at(index: number): string {
    return this.#names[index] ?? '';
  }
}

/** Which of two facts about one thing counts: the later one, then the greater event id. */
function isLater(
  fact: { asOf: string; eventId: string },
  than: { asOf: string; eventId: string } | undefined,
): boolean {
  if (than === undefined) return true;
  return fact.asOf === than.asOf ? fact.eventId > than.eventId : fact.asOf > than.asOf;
}

/**
 * What is known of products right now, in memory: first what the model knew when it was trained, then each change since. Items
 * have the model's indexes; products that came since follow after them. Facts may come twice and in any order.
 */
export class LiveCatalogue {
  readonly #ids = new Names();
  readonly #facts: (ProductFacts | undefined)[] = [];
  readonly #brands = new Names();
  readonly #categories = new Names();
  readonly #brand: number[] = [];
  readonly #category: number[] = [];
  readonly #standings: Readonly<Record<Standing['kind'], Map<string, Standing>>> = {
    product: new Map(),
    brand: new Map(),
    supplier: new Map(),
  };
  readonly modelItems: number;

  constructor(model?: Pick<Model, 'ids' | 'products'>) {
    for (const id of model?.ids ?? []) this.#ids.intern(id);
    this.modelItems = this.#ids.size;
    // Without gaps: a list with gaps is kept as a table, which takes many times as long to look into.
    for (let item = 0; item < this.modelItems; item += 1) {
      this.#facts.push(undefined);
      this.#brand.push(-1);
      this.#category.push(-1);
    }
    for (const facts of model?.products ?? []) if (facts !== undefined) this.applyProduct(facts);
  }

  /** How many products are known. */
  get size(): number {
    return this.#ids.size;
  }

  indexOf(productId: string): number | undefined {
    return this.#ids.find(productId);
  }

  idOf(item: number): string {
    return this.#ids.at(item);
  }

  factsOf(item: number): ProductFacts | undefined {
    return this.#facts[item];
  }

  /** The index of a product's brand among all brands; -1 where it has none. */
  brandOf(item: number): number {
    return this.#brand[item] ?? -1;
  }

  /** The index of the first category path of a product among all such; -1 where it has none. */
  categoryOf(item: number): number {
    return this.#category[item] ?? -1;
  }

  brandName(brand: number): string {
    return this.#brands.at(brand);
  }

  categoryName(category: number): string {
    return this.#categories.at(category);
  }

  /** What the quality grade of a product is, where it has one. */
  gradeOf(item: number): { grade: string; score?: number | undefined } | undefined {
    const standing = this.#standings.product.get(this.idOf(item));
    return standing?.kind === 'product' ? standing : undefined;
  }

  /** In what the brand and the supplier of a product are restricted at an instant. */
  restrictionsOf(item: number, nowMs: number): ('ranking' | 'sales_limit')[] {
    const { brandId = '', supplierId = '' } = this.#facts[item] ?? {};
    const { brand, supplier } = this.#standings;
    if (!brand.has(brandId) && !supplier.has(supplierId)) return [];
    const kinds = new Set<'ranking' | 'sales_limit'>();
    for (const standing of [brand.get(brandId), supplier.get(supplierId)]) {
      if (standing === undefined || standing.kind === 'product') continue;
      for (const { kind, untilMs } of standing.restrictions) {
        if (untilMs === undefined || untilMs > nowMs) kinds.add(kind);
      }
    }
    return [...kinds];
  }

  /** The item of an id that may be new: something has happened to it, though no catalogue has told of it. */
  indexOrNew(productId: string): number {
    return this.#ids.intern(productId);
  }

  /** Takes over a fact of the catalogue; returns the item where that changed what is known. */
  applyProduct(facts: ProductFacts): number | undefined {
    const item = this.#ids.intern(facts.productId);
    if (!isLater(facts, this.#facts[item])) return undefined;
    this.#facts[item] = facts;
    this.#brand[item] = facts.brandId === undefined ? -1 : this.#brands.intern(facts.brandId);
    const [category] = facts.categories;
    this.#category[item] = category === undefined ? -1 : this.#categories.intern(category);
    return item;
  }

  applyStanding(standing: Standing): void {
    const standings = this.#standings[standing.kind];
    if (isLater(standing, standings.get(standing.id))) standings.set(standing.id, standing);
  }
}
