import type { ImportPlan, OutgoingEvent } from '../../infra/importers/importer.ts';
import { planOnlineRetail } from '../../infra/importers/online-retail.ts';
import { COLUMNS } from '../../infra/importers/online-retail-row.ts';

/** Text in pieces of the given size, as a file would come. */
export async function* inPieces(text: string, size = text.length + 1): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

/** An export of these rows, under the right header. */
export const exportOf = (...rows: string[]): string => `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;

/** The plan of an export of these rows. */
export const planOf = (...rows: string[]): Promise<ImportPlan> => planOnlineRetail(inPieces(exportOf(...rows)));

/** The classes of a plan that have rows. */
export const classesOf = ({ report }: ImportPlan): Record<string, number> =>
  Object.fromEntries(report.classes.filter(({ rows }) => rows > 0).map(({ id, rows }) => [id, rows]));

export const figuresOf = ({ report }: ImportPlan): Record<string, number> =>
  Object.fromEntries(report.figures.map(({ id, value }) => [id, value]));

export const eventsOf = (plan: ImportPlan, type: string): OutgoingEvent[] =>
  [...plan.events()].filter((event) => event.type === type);
