/** What an import cannot go on from: told in one line, with the row where there is one. */
export class ImportProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ImportProblem';
  }
}

/** An event as it goes over the wire; the schemas in `events/` judge it where it arrives. */
export type OutgoingEvent = {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  time: string;
  subject: string;
  data: Record<string, unknown>;
};

/** Rows of the export that were dealt with in the same way. Every row is in exactly one class. */
export type RowClass = { id: string; label: string; rows: number };

/** A figure of the report, such as the number of orders. */
export type Figure = { id: string; label: string; value: number };

/** Rows that could not be read, by reason. */
export type MalformedRows = { reason: string; rows: number; firstRow: number };

/** What an export turned out to hold. The rows of the classes add up to `rows`. */
export type ExportReport = {
  rows: number;
  classes: readonly RowClass[];
  figures: readonly Figure[];
  malformed: readonly MalformedRows[];
};

/** An export that has been read: what it held, and the events it comes to, in order of time. */
export type ImportPlan = {
  report: ExportReport;
  eventCount: number;
  events(): Iterable<OutgoingEvent>;
};

/** Reads one kind of export. */
export type Importer = {
  name: string;
  title: string;
  /** Reads text of the export in pieces of any size. Throws an ImportProblem where it is not such an export. */
  plan(chunks: AsyncIterable<string>): Promise<ImportPlan>;
};
