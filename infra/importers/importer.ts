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

/** What one file of an export turned out to hold. The rows of its classes add up to its `rows`. */
export type FileReport = { name: string; rows: number; classes: readonly RowClass[] };

/** What an export turned out to hold. The rows of the classes add up to `rows`. */
export type ExportReport = {
  rows: number;
  classes: readonly RowClass[];
  /** The same by file, where the export has several. */
  files?: readonly FileReport[];
  figures: readonly Figure[];
  malformed: readonly MalformedRows[];
};

/** An export that has been read: what it held, and the events it comes to, in order of time. */
export type ImportPlan = {
  report: ExportReport;
  eventCount: number;
  events(): Iterable<OutgoingEvent>;
};

/** How much of an export to read: the first orders by time with what belongs to them, or, left out, all of it. */
export type PlanOptions = { orders?: number | undefined };

/** Reads an export that is one file. */
export type FileImporter = {
  takes: 'file';
  name: string;
  title: string;
  /** Reads text of the export in pieces of any size. Throws an ImportProblem where it is not such an export. */
  plan(chunks: AsyncIterable<string>): Promise<ImportPlan>;
};

/** Reads an export that is a directory of files. */
export type DirectoryImporter = {
  takes: 'directory';
  name: string;
  title: string;
  /** Throws an ImportProblem where a file is missing or is not such a file. */
  plan(directory: string, options?: PlanOptions): Promise<ImportPlan>;
};

export type Importer = FileImporter | DirectoryImporter;
