import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';

/** Workbooks for tests, written part by part, so that nobody needs a spreadsheet and every oddity can be made. */

export interface ZipEntry {
  name: string;
  data: string | Buffer;
  /** What the directory says instead of the truth. */
  claimedSize?: number;
  stored?: boolean;
}

interface Packed {
  name: string;
  packed: Buffer;
  size: number;
  crc: number;
  method: 0 | 8;
}

/** A zip file with these entries; names are written as they are. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  return join(entries.map(pack));
}

function pack({ name, data, claimedSize, stored }: ZipEntry): Packed {
  const bytes = Buffer.from(data as string);
  return {
    name,
    packed: stored ? bytes : deflateRawSync(bytes),
    size: claimedSize ?? bytes.length,
    crc: crc32(bytes),
    method: stored ? 0 : 8,
  };
}

function join(entries: readonly Packed[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const local = header(entry, 0x04034b50);
    parts.push(local, entry.packed);
    directory.push(header(entry, 0x02014b50, offset));
    offset += local.length + entry.packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

function header({ name, packed, size, crc, method }: Packed, signature: number, offset?: number): Buffer {
  const bytes = Buffer.from(name);
  const isCentral = offset !== undefined;
  const head = Buffer.alloc(isCentral ? 46 : 30);
  head.writeUInt32LE(signature, 0);
  let at = 4;
  if (isCentral) {
    head.writeUInt16LE(20, at);
    at += 2;
  }
  head.writeUInt16LE(20, at);
  head.writeUInt16LE(0x0800, at + 2);
  head.writeUInt16LE(method, at + 4);
  head.writeUInt32LE(crc, at + 10);
  head.writeUInt32LE(packed.length, at + 14);
  head.writeUInt32LE(size, at + 18);
  head.writeUInt16LE(bytes.length, at + 22);
  if (isCentral) head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, bytes]);
}

export interface TestSheet {
  name: string;
  /** `<row>` elements, or anything else that belongs into `<sheetData>`. */
  rows: string;
  state?: 'visible' | 'hidden' | 'veryHidden';
  /** `A1:C9`. */
  dimension?: string;
  /** After `<sheetData>`: merged cells and the like. */
  behind?: string;
}

export interface TestWorkbook {
  sheets: TestSheet[];
  is1904?: boolean;
  /** `<si>` elements. */
  strings?: string;
  /** Number formats of the cell styles 0, 1, 2 …: an id of a built-in one, or a code. */
  formats?: (number | string)[];
  /** Before the root element of the first sheet: a document type, say. */
  prolog?: string;
  extra?: ZipEntry[];
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

export function workbook(book: TestWorkbook): Buffer {
  return zip([
    ...parts(book),
    ...book.sheets.map((sheet, index) => ({ name: sheetPart(index), data: sheetXml(book, sheet, index) })),
    ...(book.extra ?? []),
  ]);
}

/** Cells of a row: text, number, truth; or a finished `<c>` element that starts with `<`. */
export function row(number: number, cells: readonly (string | number | boolean | null)[]): string {
  const xml = cells.map((cell, index) => cellXml(`${columnName(index)}${number}`, cell)).join('');
  return `<row r="${number}">${xml}</row>`;
}

/** Rows one below the other, from the first one on. */
export function rows(lines: readonly (readonly (string | number | boolean | null)[])[], first = 1): string {
  return lines.map((cells, index) => row(first + index, cells)).join('');
}

function cellXml(reference: string, cell: string | number | boolean | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return `<c r="${reference}"><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c r="${reference}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  if (cell.startsWith('<c')) return cell.replace('<c', `<c r="${reference}"`);
  return `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(cell)}</t></is></c>`;
}

/** A number with a style, for rows(). */
export function styled(value: number, style: number): string {
  return `<c s="${style}"><v>${value}</v></c>`;
}

/** A cell that points into the shared strings, for rows(). */
export function shared(index: number): string {
  return `<c t="s"><v>${index}</v></c>`;
}

export function columnName(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : columnName(Math.floor(index / 26) - 1) + columnName(index % 26);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (letter) => ({ '&': '&amp;', '<': '&lt;' })[letter] ?? '&gt;');
}

const sheetPart = (index: number): string => `xl/worksheets/sheet${index + 1}.xml`;

function parts(book: TestWorkbook): ZipEntry[] {
  const { sheets } = book;
  const overrides = [
    `<Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>`,
    ...sheets.map((_, index) => `<Override PartName="/${sheetPart(index)}" ContentType="${TYPE}.worksheet+xml"/>`),
  ];
  const relations = [
    ...sheets.map(
      (_, index) =>
        `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
    ),
    `<Relationship Id="rIdS" Type="${RELATIONS}/styles" Target="styles.xml"/>`,
    ...(book.strings === undefined
      ? []
      : [`<Relationship Id="rIdT" Type="${RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>`]),
  ];
  const listed = sheets.map(
    ({ name, state }, index) =>
      `<sheet name="${escapeXml(name)}" sheetId="${index + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${index + 1}"/>`,
  );
  return [
    {
      name: '[Content_Types].xml',
      data: `${XML}<Types xmlns="${PACKAGE}/content-types">${overrides.join('')}</Types>`,
    },
    {
      name: '_rels/.rels',
      data: `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      data: `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr${book.is1904 ? ' date1904="1"' : ''}/><sheets>${listed.join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      data: `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relations.join('')}</Relationships>`,
    },
    { name: 'xl/styles.xml', data: stylesXml(book.formats ?? []) },
    ...(book.strings === undefined
      ? []
      : [{ name: 'xl/sharedStrings.xml', data: `${XML}<sst xmlns="${MAIN}">${book.strings}</sst>` }]),
  ];
}

function stylesXml(formats: readonly (number | string)[]): string {
  const codes = formats.flatMap((format, index) =>
    typeof format === 'string'
      ? [`<numFmt numFmtId="${200 + index}" formatCode="${escapeXml(format).replaceAll('"', '&quot;')}"/>`]
      : [],
  );
  const styles = formats.map(
    (format, index) => `<xf numFmtId="${typeof format === 'string' ? 200 + index : format}"/>`,
  );
  return `${XML}<styleSheet xmlns="${MAIN}"><numFmts>${codes.join('')}</numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs>${styles.join('') || '<xf numFmtId="0"/>'}</cellXfs></styleSheet>`;
}

function sheetXml(book: TestWorkbook, sheet: TestSheet, index: number): string {
  return sheetBegin(sheet, index === 0 ? (book.prolog ?? '') : '') + sheet.rows + sheetEnd(sheet);
}

function sheetBegin({ dimension }: TestSheet, prolog: string): string {
  return `${XML}${prolog}<worksheet xmlns="${MAIN}">${dimension === undefined ? '' : `<dimension ref="${dimension}"/>`}<sheetData>`;
}

function sheetEnd({ behind }: TestSheet): string {
  return `</sheetData>${behind ?? ''}</worksheet>`;
}

/** Writes a workbook with one long sheet, packed piece by piece. @param rowsOf pieces of `<row>` elements */
export async function writeLongWorkbook(
  path: string,
  book: Omit<TestWorkbook, 'sheets'>,
  rowsOf: Iterable<string>,
): Promise<void> {
  const sheet: TestSheet = { name: 'Data', rows: '' };
  const deflate = createDeflateRaw({ level: 1 });
  const packed: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => packed.push(chunk));
  let size = 0;
  let crc = 0;
  const write = async (text: string): Promise<void> => {
    const bytes = Buffer.from(text);
    size += bytes.length;
    crc = crc32(bytes, crc);
    if (!deflate.write(bytes)) await once(deflate, 'drain');
  };
  await write(sheetBegin(sheet, ''));
  for (const piece of rowsOf) await write(piece);
  await write(sheetEnd(sheet));
  deflate.end();
  await once(deflate, 'end');
  const long: Packed = { name: sheetPart(0), packed: Buffer.concat(packed), size, crc, method: 8 };
  await writeFile(path, join([...parts({ ...book, sheets: [sheet] }).map(pack), long]));
}

/** Writes pieces of text one after the other. */
export async function writePieces(path: string, pieces: Iterable<string>): Promise<void> {
  const file = createWriteStream(path);
  for (const piece of pieces) if (!file.write(piece)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
}
