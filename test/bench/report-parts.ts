/** What every table of the bench is made of. */
import { formatTable } from '../../infra/importers/table.ts';

/** `within` is undefined where there is no budget, or nothing yet to measure. */
export type BudgetRow = { what: string; budget: string; measured: string; within?: boolean };

export function section(title: string, rows: readonly (readonly string[])[]): string {
  return `\n${title}\n${formatTable(rows)}`;
}

export function mark(within: boolean | undefined): string {
  if (within === undefined) return '';
  return within ? 'ok' : 'OVER';
}

export const cell = (value: number): string => String(Math.round(value * 100) / 100);
export const ms = (value: number): string => `${value.toFixed(1)} ms`;
export const us = (value: number): string => `${value.toFixed(0)} us`;
export const kb = (bytes: number): string => `${(bytes / 1_024).toFixed(1)} KB`;
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
