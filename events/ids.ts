import * as z from 'zod/mini';

/** The characters and length every id of the contract shares; an e-mail address or a phone number with a plus does not fit. */
export const ID_PATTERN = /^[A-Za-z0-9_.:-]{1,128}$/;

/** One schema under all these names: each is made at every cold start, and only the brands differ. */
const id = z
  .string()
  .check(z.regex(ID_PATTERN, 'An id has 1-128 characters from A-Z a-z 0-9 _ - . : and is no e-mail address.'));

export const eventIdSchema = id.brand<'EventId'>();
export const memberIdSchema = id.brand<'MemberId'>();
export const anonymousIdSchema = id.brand<'AnonymousId'>();
export const orderIdSchema = id.brand<'OrderId'>();
export const lineIdSchema = id.brand<'LineId'>();
export const returnIdSchema = id.brand<'ReturnId'>();
export const productIdSchema = id.brand<'ProductId'>();
export const brandIdSchema = id.brand<'BrandId'>();
export const supplierIdSchema = id.brand<'SupplierId'>();
export const redemptionIdSchema = id.brand<'RedemptionId'>();
export const couponIdSchema = id.brand<'CouponId'>();
export const adjustmentIdSchema = id.brand<'AdjustmentId'>();
export const reviewIdSchema = id.brand<'ReviewId'>();
export const inspectionIdSchema = id.brand<'InspectionId'>();
export const sanctionIdSchema = id.brand<'SanctionId'>();
export const complaintIdSchema = id.brand<'ComplaintId'>();
export const recommendationIdSchema = id.brand<'RecommendationId'>();

export type EventId = z.output<typeof eventIdSchema>;
export type MemberId = z.output<typeof memberIdSchema>;
export type AnonymousId = z.output<typeof anonymousIdSchema>;
export type OrderId = z.output<typeof orderIdSchema>;
export type LineId = z.output<typeof lineIdSchema>;
export type ReturnId = z.output<typeof returnIdSchema>;
export type ProductId = z.output<typeof productIdSchema>;
export type BrandId = z.output<typeof brandIdSchema>;
export type SupplierId = z.output<typeof supplierIdSchema>;
export type ReviewId = z.output<typeof reviewIdSchema>;
