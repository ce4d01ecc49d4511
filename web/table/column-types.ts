import type { TableColumnType } from '../../src/contract/facts.ts';

/** Types of the columns of tables of one's own, as people choose them. */
export const COLUMN_TYPE_WORDS: Record<TableColumnType, string> = {
  text: 'Text',
  number: 'Number',
  integer: 'Whole number',
  boolean: 'Yes or no',
  date: 'Date',
  time: 'Date and time',
};
