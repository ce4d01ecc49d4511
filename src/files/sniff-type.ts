import { startsAsUtf16 } from './detect-encoding.ts';
import { unreadableFile } from './file-limits.ts';

/** What a file is by its first bytes; its name is never asked. */
const REFUSED: readonly { magic: readonly number[]; sentence: string }[] = [
  {
    magic: [0xd0, 0xcf, 0x11, 0xe0],
    sentence:
      'This is a password-protected workbook or an old .xls file: save it as .xlsx without a password, or as CSV.',
  },
  {
    magic: [0x25, 0x50, 0x44, 0x46],
    sentence: 'This is a PDF. Tables cannot be read from it: export CSV or XLSX instead.',
  },
  { magic: [0x1f, 0x8b], sentence: 'This file is compressed with gzip: unpack it and upload what is inside.' },
  { magic: [0x52, 0x61, 0x72, 0x21], sentence: 'This is a RAR archive: unpack it and upload what is inside.' },
  { magic: [0x37, 0x7a, 0xbc, 0xaf], sentence: 'This is a 7z archive: unpack it and upload what is inside.' },
  { magic: [0x42, 0x5a, 0x68], sentence: 'This file is compressed with bzip2: unpack it and upload what is inside.' },
  {
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    sentence: 'This file is compressed with zstd: unpack it and upload what is inside.',
  },
  { magic: [0x89, 0x50, 0x4e, 0x47], sentence: 'This is a picture, not a table: export CSV or XLSX.' },
  { magic: [0xff, 0xd8, 0xff], sentence: 'This is a picture, not a table: export CSV or XLSX.' },
  { magic: [0x47, 0x49, 0x46, 0x38], sentence: 'This is a picture, not a table: export CSV or XLSX.' },
  { magic: [0x50, 0x41, 0x52, 0x31], sentence: 'This is a Parquet file. It cannot be read yet: export CSV.' },
  {
    magic: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65],
    sentence: 'This is an SQLite database. It cannot be read: export the table as CSV.',
  },
];

/** At least the first 4 kB (or all) of the file. @throws TurnoutError for what is no table */
export function sniffType(head: Buffer): 'text' | 'zip' {
  const starts = (magic: readonly number[]): boolean => magic.every((byte, index) => head[index] === byte);
  if (starts([0x50, 0x4b, 0x03, 0x04]) || starts([0x50, 0x4b, 0x05, 0x06])) return 'zip';
  const refused = REFUSED.find(({ magic }) => starts(magic));
  if (refused !== undefined) throw unreadableFile(refused.sentence);
  const text = head
    .subarray(0, 1024)
    .toString('latin1')
    .replaceAll('\0', '')
    .replace(/^(?:ï»¿|ÿþ|þÿ)/, '')
    .trimStart();
  if (/^<(?:!doctype html|html|head|body|table|meta|style|script)\b/i.test(text)) {
    throw unreadableFile(
      'This is a web page that was named .xls: open it in a spreadsheet and save it as .xlsx or CSV.',
    );
  }
  if (/^<\?xml/i.test(text)) {
    throw unreadableFile('This is an XML file: open it in a spreadsheet and save it as .xlsx or CSV.');
  }
  if (/^\{\\rtf/.test(text)) throw unreadableFile('This is a text document (RTF), not a table: export CSV or XLSX.');
  if (/^\s*(?:\{\s*"|\[\s*[{[])/.test(text)) {
    throw unreadableFile('This is JSON. Send it to a webhook source, or export CSV.');
  }
  const controls = head.filter(
    (byte) => byte < 32 && byte !== 0 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 26,
  );
  if (controls.length > head.length / 50 && !startsAsUtf16(head)) {
    throw unreadableFile('This is neither a CSV file nor an Excel workbook (.xlsx): export one of the two.');
  }
  return 'text';
}
