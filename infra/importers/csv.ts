/** One record, or why it could not be read. Rows count from 1 and the header is row 1. */
export type CsvRecord = { row: number; fields: string[] } | { row: number; problem: string };

/** A longer record is taken for a quote that was never closed, so that one bad row does not swallow the file. */
const RECORD_LENGTH_LIMIT = 64 * 1024;

/**
 * Reads comma-separated values (RFC 4180) from text that arrives in pieces: quoted fields with commas, doubled quotes
 * and line breaks, LF or CRLF. Empty lines are no records. A broken record is told and reading goes on with the next
 * line. Records come in groups, because waiting for each one alone would cost more than reading it.
 */
export async function* readCsv(chunks: AsyncIterable<string>): AsyncGenerator<CsvRecord[]> {
  let text = '';
  let row = 0;
  let first = true;
  const take = (final: boolean): CsvRecord[] => {
    const records: CsvRecord[] = [];
    let at = 0;
    while (at < text.length) {
      const taken = takeRecord(text, at, final);
      if (taken === undefined) break;
      at = taken.next;
      if ('problem' in taken) records.push({ row: ++row, problem: taken.problem });
      else if (taken.fields.length > 1 || taken.fields[0] !== '') records.push({ row: ++row, fields: taken.fields });
    }
    text = text.slice(at);
    return records;
  };
  for await (const chunk of chunks) {
    text += first && chunk.startsWith('\uFEFF') ? chunk.slice(1) : chunk;
    first = false;
    yield take(false);
  }
  yield take(true);
}

type Taken = { next: number; fields: string[] } | { next: number; problem: string };

/** Takes the record that starts at `start`; undefined where its end has not arrived. */
function takeRecord(text: string, start: number, final: boolean): Taken | undefined {
  const overLong = text.length - start > RECORD_LENGTH_LIMIT;
  const lineEnd = endOfLine(text, start, final);
  if (lineEnd === undefined) {
    return overLong ? { next: text.length, problem: `a line has over ${RECORD_LENGTH_LIMIT} characters` } : undefined;
  }
  const line = text.slice(start, lineEnd.at);
  if (!line.includes('"')) return { next: lineEnd.next, fields: withoutReturn(line).split(',') };
  const taken = takeQuotedRecord(text, start, final);
  if (typeof taken === 'object') return taken;
  if (taken === undefined && !final && !overLong) return undefined;
  return { next: lineEnd.next, problem: taken ?? 'a quote is never closed' };
}

/** Reads fields one by one; a sentence says what is wrong, undefined that the record is not all there yet. */
function takeQuotedRecord(text: string, start: number, final: boolean): Taken | string | undefined {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    if (at - start > RECORD_LENGTH_LIMIT) return 'a quote is never closed';
    if (text[at] === '"') {
      let field = '';
      let from = at + 1;
      for (;;) {
        const close = text.indexOf('"', from);
        // A quote at the very end of what has arrived may be the first half of a doubled one.
        if (close === -1 || (close === text.length - 1 && !final)) return undefined;
        field += text.slice(from, close);
        from = close + 1;
        if (text[from] !== '"') break;
        field += '"';
        from += 1;
      }
      fields.push(field);
      at = from;
      if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    } else {
      const lineEnd = endOfLine(text, at, final);
      const comma = text.indexOf(',', at);
      const end = comma !== -1 && (lineEnd === undefined || comma < lineEnd.at) ? comma : lineEnd?.at;
      if (end === undefined) return undefined;
      const field = text.slice(at, end);
      fields.push(text[end] === ',' ? field : withoutReturn(field));
      at = end;
    }
    if (at >= text.length) return final ? { next: at, fields } : undefined;
    if (text[at] === '\n') return { next: at + 1, fields };
    if (text[at] === '\r' && at + 1 === text.length) return final ? { next: at + 1, fields } : undefined;
    if (text[at] !== ',') return 'text follows a closing quote';
    at += 1;
  }
}

function endOfLine(text: string, start: number, final: boolean): { at: number; next: number } | undefined {
  const at = text.indexOf('\n', start);
  if (at !== -1) return { at, next: at + 1 };
  return final ? { at: text.length, next: text.length } : undefined;
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
