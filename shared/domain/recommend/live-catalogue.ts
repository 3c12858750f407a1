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

type ProductStanding = Extract<Standing, { kind: 'product' }>;
type MakerStanding = Exclude<Standing, ProductStanding>;

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
  /** All lists of categories that products have, each once. */
  readonly #shelves = new Names();
  readonly #shelfCategories: (readonly string[])[] = [];
  readonly #shelf: number[] = [];
  readonly #grades: (ProductStanding | undefined)[] = [];
  /** Grades of products that nothing else is known of yet. */
  readonly #gradesAhead = new Map<string, ProductStanding>();
  readonly #restrictions: Readonly<Record<MakerStanding['kind'], Map<string, MakerStanding>>> = {
    brand: new Map(),
    supplier: new Map(),
  };
  readonly modelItems: number;

  constructor(model?: Pick<Model, 'ids' | 'products'>) {
    for (const id of model?.ids ?? []) this.#itemOf(id);
    this.modelItems = this.#ids.size;
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

  /** The index of a product's list of categories among all such lists; -1 where nothing is known of the product. */
  shelfOf(item: number): number {
    return this.#shelf[item] ?? -1;
  }

  /** The categories of the products of one shelf, in their order. */
  categoriesOn(shelf: number): readonly string[] {
    return this.#shelfCategories[shelf] ?? [];
  }

  brandName(brand: number): string {
    return this.#brands.at(brand);
  }

  categoryName(category: number): string {
    return this.#categories.at(category);
  }

  /** What the quality grade of a product is, where it has one. */
  gradeOf(item: number): { grade: string; score?: number | undefined } | undefined {
    return this.#grades[item];
  }

  /** In what the brand and the supplier of a product are restricted at an instant. */
  restrictionsOf(item: number, nowMs: number): ('ranking' | 'sales_limit')[] {
    const { brandId = '', supplierId = '' } = this.#facts[item] ?? {};
    const { brand, supplier } = this.#restrictions;
    if (!brand.has(brandId) && !supplier.has(supplierId)) return [];
    const kinds = new Set<'ranking' | 'sales_limit'>();
    for (const standing of [brand.get(brandId), supplier.get(supplierId)]) {
      for (const { kind, untilMs } of standing?.restrictions ?? []) {
        if (untilMs === undefined || untilMs > nowMs) kinds.add(kind);
      }
    }
    return [...kinds];
  }

  /** The item of an id that may be new: something has happened to it, though no catalogue has told of it. */
  indexOrNew(productId: string): number {
    return this.#itemOf(productId);
  }

  /** Takes over a fact of the catalogue; returns the item where that changed what is known. */
  applyProduct(facts: ProductFacts): number | undefined {
    const item = this.#itemOf(facts.productId);
    if (!isLater(facts, this.#facts[item])) return undefined;
    this.#facts[item] = facts;
    this.#brand[item] = facts.brandId === undefined ? -1 : this.#brands.intern(facts.brandId);
    const [category] = facts.categories;
    this.#category[item] = category === undefined ? -1 : this.#categories.intern(category);
    const shelf = this.#shelves.intern(JSON.stringify(facts.categories));
    this.#shelfCategories[shelf] ??= facts.categories;
    this.#shelf[item] = shelf;
    return item;
  }

  applyStanding(standing: Standing): void {
    if (standing.kind === 'product') {
      this.#applyGrade(standing);
      return;
    }
    const known = this.#restrictions[standing.kind];
    if (isLater(standing, known.get(standing.id))) known.set(standing.id, standing);
  }

  #applyGrade(standing: ProductStanding): void {
    const item = this.#ids.find(standing.id);
    if (!isLater(standing, item === undefined ? this.#gradesAhead.get(standing.id) : this.#grades[item])) return;
    if (item === undefined) this.#gradesAhead.set(standing.id, standing);
    else this.#grades[item] = standing;
  }

  /** The item of an id; one that is new gets a place in every list, since one with gaps takes many times as long to look into. */
  #itemOf(productId: string): number {
    const item = this.#ids.intern(productId);
    if (item < this.#facts.length) return item;
    this.#facts.push(undefined);
    this.#brand.push(-1);
    this.#category.push(-1);
    this.#shelf.push(-1);
    this.#grades.push(this.#gradesAhead.get(productId));
    this.#gradesAhead.delete(productId);
    return item;
  }
}
