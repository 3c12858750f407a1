import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { hasOlist, olistReviews } from '../../infra/attacks/olist-reviews.ts';

const folder = mkdtempSync(join(tmpdir(), 'olist-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, lines: readonly string[]) =>
  writeFileSync(join(folder, `olist_${name}_dataset.csv.gz`), gzipSync(lines.join('\n')));

describe('the reviews of the Olist export', () => {
  it('are of the first line of their order, verified where it was delivered by then', async () => {
    expect(hasOlist(folder)).toBe(false);
    write('customers', ['customer_id,customer_unique_id', 'cus-1,ann', 'cus-2,ann', 'cus-3,bob']);
    write('orders', [
      'order_id,customer_id,order_purchase_timestamp,order_delivered_customer_date',
      'ord-1,cus-1,2018-01-01 10:00:00,2018-01-09 10:00:00',
      'ord-2,cus-2,2018-03-01 10:00:00,2018-03-20 10:00:00',
      'ord-3,cus-3,2018-03-01 10:00:00,',
    ]);
    write('order_items', [
      'order_id,order_item_id,product_id,seller_id',
      'ord-1,1,teapot,sel-1',
      'ord-1,2,cup,sel-2',
      'ord-2,1,cup,sel-2',
      'ord-3,1,cup,sel-2',
    ]);
    write('order_reviews', [
      'review_id,order_id,review_score,review_comment_title,review_comment_message,review_creation_date,review_answer_timestamp',
      'rev-1,ord-1,5,Bom,"Chegou, e bem",2018-01-10 00:00:00,2018-01-12 08:00:00',
      'rev-2,ord-2,1,,Onde está?,2018-03-10 00:00:00,2018-03-11 00:00:00',
      'rev-3,ord-3,4,,,2018-03-12 00:00:00,',
      'rev-1,ord-2,5,,,2018-03-12 00:00:00,2018-03-12 00:00:00',
      'rev-4,ord-9,5,,,2018-03-12 00:00:00,2018-03-12 00:00:00',
      'rev-5,ord-3,9,,,2018-03-12 00:00:00,2018-03-12 00:00:00',
    ]);
    expect(hasOlist(folder)).toBe(true);
    const { reviews, leftOut } = await olistReviews(folder);
    expect(leftOut).toBe(3);
    expect(reviews).toEqual([
      {
        reviewId: 'rev-1',
        memberId: 'ann',
        productId: 'teapot',
        brandId: 'sel-1',
        atMs: Date.parse('2018-01-12T08:00:00Z'),
        stars: 5,
        verified: true,
        text: 'Bom Chegou, e bem',
        accountAgeDays: 10,
      },
      expect.objectContaining({ reviewId: 'rev-2', memberId: 'ann', verified: false, accountAgeDays: 68 }),
      expect.objectContaining({
        reviewId: 'rev-3',
        verified: false,
        text: '',
        atMs: Date.parse('2018-03-12T00:00:00Z'),
      }),
    ]);
  });
});
