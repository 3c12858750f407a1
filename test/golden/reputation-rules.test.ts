import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRows, rowOf } from '../support/reputation-tables.ts';

const markdown = readFileSync(join(import.meta.dirname, '../../docs/reputation-rules.md'), 'utf8');
const { sections, rows } = readRows(markdown);

/** What a brand, a supplier or a reviewer may ask about, in the order of the document; none may go missing. */
const RULES = [
  'Not every review weighs the same',
  'A rating is a mean that begins in the middle',
  'A score is what six parts come to',
  'Few facts are filled up with what is usual',
  'Complaints count once they are upheld, and for a while before',
  'Late answers and unmet deadlines are forgiven ten times',
  'What is looked back on',
  'Products are graded by what is found in them',
  'Reviewers earn credit',
  'Fakes cost credit, and repeated ones the right to review',
  'The scorecard shows every figure and its goal',
];

describe('the rules of reputation', () => {
  it('are all there, numbered', () => {
    expect(sections).toEqual(RULES.map((title, index) => `${index + 1}. ${title}`));
  });

  it('are shown by example', () => {
    const shown = new Set(rows.map(({ section }) => section));
    expect(sections.filter((title) => !shown.has(title))).toEqual(['7. What is looked back on']);
  });
});

describe.each(sections)('%s', (section) => {
  const shown = rows.filter((row) => row.section === section);
  if (shown.length === 0) it('is told in words', () => expect(markdown).toContain(section));
  else
    it.each(shown)('line $line', (row) => {
      expect(row.cells).toEqual(rowOf(row));
    });
});

describe('a document that is not understood', () => {
  it.each([
    {
      what: 'a table of something else',
      text: '| Moon | Tide |\n|---|---|\n| full | high |',
      message: 'Line 3: no table begins with Moon.',
    },
    {
      what: 'a row with a cell too few',
      text: '| Stars | Rating |\n|---|---|\n| none |',
      message: 'Line 3: 2 cells are expected.',
    },
  ])('says where: $what', ({ text, message }) => {
    expect(() => readRows(text)).toThrow(message);
  });

  it.each([
    {
      what: 'a column that there is none of',
      text: '| Stars | Tide |\n|---|---|\n| none | high |',
      message: 'Line 3: nothing',
    },
    { what: 'reviews in other words', text: '| Stars | Rating |\n|---|---|\n| plenty | 5 |', message: 'no reviews' },
    {
      what: 'a level that there is none of',
      text: '| Review | By |\n|---|---|\n| it | gods |',
      message: 'no level gods',
    },
  ])('says what: $what', ({ text, message }) => {
    const [row] = readRows(text).rows;
    expect(() => rowOf(row!)).toThrow(message);
  });

  it('fails where a figure is wrong', () => {
    const [row] = readRows('| Stars | Rating |\n|---|---|\n| none | 3.6 |').rows;
    expect(rowOf(row!)).toEqual({ Stars: 'none', Rating: '3.5' });
  });
});
