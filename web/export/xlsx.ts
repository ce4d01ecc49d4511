import { strToU8, type Zippable, zipSync } from 'fflate';
import { toDay } from '../../src/contract/plain-date.ts';
import type { Cell } from '../../src/contract/result.ts';
import type { DataSheet, SheetColumn, SheetRow } from './data-sheet.ts';
import { excelFormat } from './xlsx-format.ts';

/** The few parts of Office Open XML (ECMA-376) that one sheet of numbers needs. */

export interface XlsxOptions {
  /** Name of the sheet; what Excel forbids in it is taken out. */
  name: string;
  /** Rows above the header: what, which period and filters, as of when. */
  about: readonly string[];
  /** ISO 4217 of `currency` columns. */
  currency: string;
  /** Fill and ink of palette steps 1–7, `RRGGBB`. */
  colors: readonly { fill: string; ink: string }[];
}

const NAMESPACE = 'http://schemas.openxmlformats.org';
const MAIN = `${NAMESPACE}/spreadsheetml/2006/main`;
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
/** So many levels Excel can group. */
const MOST_LEVELS = 7;

/** One workbook with one sheet: raw values with formats, fills, frozen header and first columns, groups, totals in bold. */
export function toXlsx(sheet: DataSheet, options: XlsxOptions): Uint8Array<ArrayBuffer> {
  const styles = new Styles(options);
  const body = sheetXml(sheet, options, styles);
  const files: Zippable = {
    '[Content_Types].xml': strToU8(
      `${HEAD}<Types xmlns="${NAMESPACE}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${[
        ['/xl/workbook.xml', 'sheet.main'],
        ['/xl/worksheets/sheet1.xml', 'worksheet'],
        ['/xl/styles.xml', 'styles'],
      ]
        .map(
          ([path, type]) =>
            `<Override PartName="${path}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${type}+xml"/>`,
        )
        .join('')}</Types>`,
    ),
    '_rels/.rels': strToU8(relations([['officeDocument', 'xl/workbook.xml']])),
    'xl/workbook.xml': strToU8(
      `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${NAMESPACE}/officeDocument/2006/relationships"><sheets><sheet name="${xmlText(sheetName(options.name))}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': strToU8(
      relations([
        ['worksheet', 'worksheets/sheet1.xml'],
        ['styles', 'styles.xml'],
      ]),
    ),
    'xl/worksheets/sheet1.xml': strToU8(body),
    'xl/styles.xml': strToU8(styles.xml()),
  };
  // Not the zip library's worker: the page's security policy allows none.
  return zipSync(files, { level: 6 });
}

function relations(targets: readonly (readonly [type: string, target: string])[]): string {
  const list = targets.map(
    ([type, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${NAMESPACE}/officeDocument/2006/relationships/${type}" Target="${target}"/>`,
  );
  return `${HEAD}<Relationships xmlns="${NAMESPACE}/package/2006/relationships">${list.join('')}</Relationships>`;
}

function sheetXml(sheet: DataSheet, { about, currency }: XlsxOptions, styles: Styles): string {
  // A line of its own between what is said of the sheet and the header.
  const headRow = about.length === 0 ? 1 : about.length + 2;
  const bold = styles.of({ bold: true });
  const lines = about.map((text, index) => rowXml(index + 1, [cellXml(text, index === 0 ? bold : 0)]));
  const header = rowXml(
    headRow,
    sheet.columns.map((column) => cellXml(column.label, styles.of({ bold: true, right: column.kind === 'number' }))),
  );
  const dataRow = (row: SheetRow, index: number, isTotal: boolean): string => {
    const cells = row.cells.map((value, place) => {
      const column = sheet.columns[place];
      if (!column) return '';
      return cellXml(
        dateNumber(value, column),
        styles.of({
          bold: isTotal,
          format: formatOf(column, value, currency),
          step: row.fills?.[place] ?? 0,
        }),
      );
    });
    const level = Math.min(MOST_LEVELS, row.level ?? 0);
    return rowXml(headRow + 1 + index, cells, level > 0 ? ` outlineLevel="${level}"` : '');
  };
  const rows = sheet.rows.map((row, index) => dataRow(row, index, false));
  const totals = sheet.totals ? dataRow(sheet.totals, sheet.rows.length, true) : '';
  const widths = sheet.columns.map((_, index) => columnXml(index + 1, widthOf(sheet, index)));
  const topLeft = `${columnName(sheet.headers)}${headRow + 1}`;
  const frozen = sheet.headers > 0 ? ` xSplit="${sheet.headers}"` : '';
  return [
    `${HEAD}<worksheet xmlns="${MAIN}"><sheetPr><outlinePr summaryBelow="0"/></sheetPr>`,
    `<sheetViews><sheetView workbookViewId="0"><pane${frozen} ySplit="${headRow}" topLeftCell="${topLeft}" activePane="${sheet.headers > 0 ? 'bottomRight' : 'bottomLeft'}" state="frozen"/></sheetView></sheetViews>`,
    '<sheetFormatPr defaultRowHeight="15" outlineLevelRow="7"/>',
    `<cols>${widths.join('')}</cols>`,
    `<sheetData>${lines.join('')}${header}${rows.join('')}${totals}</sheetData>`,
    '</worksheet>',
  ].join('');
}

function rowXml(row: number, cells: readonly string[], attributes = ''): string {
  const placed = cells.map((cell, index) => cell.replace('<c', `<c r="${columnName(index)}${row}"`));
  return `<row r="${row}"${attributes}>${placed.join('')}</row>`;
}

/** Text is written as text, so nothing in it is a formula. */
function cellXml(value: Cell, style: number): string {
  const styled = style === 0 ? '' : ` s="${style}"`;
  if (value === null || value === '') return style === 0 ? '' : `<c${styled}/>`;
  if (typeof value === 'number') return Number.isFinite(value) ? `<c${styled}><v>${value}</v></c>` : `<c${styled}/>`;
  return `<c${styled} t="inlineStr"><is><t xml:space="preserve">${xmlText(value)}</t></is></c>`;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** Day 0 of Excel's calendar, counted from 1970. */
const EXCEL_EPOCH = toDay('1899-12-30');

function dateNumber(value: Cell, column: SheetColumn): Cell {
  return column.kind === 'time' && typeof value === 'string' && DAY.test(value) ? toDay(value) - EXCEL_EPOCH : value;
}

function formatOf(column: SheetColumn, value: Cell, currency: string): string {
  if (column.kind === 'time' && typeof value === 'string' && DAY.test(value)) return 'yyyy-mm-dd';
  return column.kind === 'number' && typeof value === 'number' ? excelFormat(column.format, currency) : '';
}

/** 0 → A, 26 → AA. */
function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

function widthOf(sheet: DataSheet, index: number): number {
  const label = sheet.columns[index]?.label.length ?? 0;
  const texts = sheet.rows.slice(0, 500).map(({ cells }) => {
    const cell = cells[index] ?? '';
    return typeof cell === 'string' ? cell.length : 9;
  });
  return Math.min(48, Math.max(9, label + 2, ...texts.map((length) => length + 2)));
}

function columnXml(column: number, width: number): string {
  return `<col min="${column}" max="${column}" width="${width}" customWidth="1"/>`;
}

function sheetName(text: string): string {
  return (
    text
      .replaceAll(/[[\]:*?/\\]/g, ' ')
      .replaceAll(/^'+|'+$/g, '')
      .slice(0, 31)
      .trim() || 'Sheet'
  );
}

/** Without the control characters that XML cannot hold. */
function xmlText(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

interface Style {
  bold?: boolean;
  right?: boolean;
  format?: string;
  /** Palette step; 0 has no fill. */
  step?: number;
}

/** Styles by what they say; each is written once. */
class Styles {
  private readonly places = new Map<string, number>([[JSON.stringify([false, false, '', 0]), 0]]);
  private readonly formats: string[] = [];
  private readonly colors: XlsxOptions['colors'];

  constructor({ colors }: XlsxOptions) {
    this.colors = colors;
  }

  /** The number of a style in the workbook. */
  of({ bold = false, right = false, format = '', step = 0 }: Style): number {
    const key = JSON.stringify([bold, right, format, step]);
    const known = this.places.get(key);
    if (known !== undefined) return known;
    if (format !== '' && !this.formats.includes(format)) this.formats.push(format);
    this.places.set(key, this.places.size);
    return this.places.size - 1;
  }

  xml(): string {
    const own = this.formats.map((code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${xmlText(code)}"/>`);
    const font = (bold: boolean, ink: string): string =>
      `<font>${bold ? '<b/>' : ''}<sz val="11"/>${ink === '' ? '' : `<color rgb="FF${ink}"/>`}<name val="Calibri"/></font>`;
    const inks = this.colors.flatMap(({ ink }) => [font(false, ink), font(true, ink)]);
    const fills = this.colors.map(
      ({ fill }) => `<fill><patternFill patternType="solid"><fgColor rgb="FF${fill}"/></patternFill></fill>`,
    );
    const cells = [...this.places.keys()].map((key) => {
      const [bold, right, format, step] = JSON.parse(key) as [boolean, boolean, string, number];
      const number = format === '' ? 0 : 164 + this.formats.indexOf(format);
      const fontAt = step * 2 + Number(bold);
      const fill = step === 0 ? 0 : step + 1;
      const alignment = right ? '<alignment horizontal="right"/>' : '';
      return `<xf numFmtId="${number}" fontId="${fontAt}" fillId="${fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"${right ? ' applyAlignment="1"' : ''}>${alignment}</xf>`;
    });
    const list = (name: string, items: readonly string[]): string =>
      items.length === 0 ? '' : `<${name} count="${items.length}">${items.join('')}</${name}>`;
    return [
      `${HEAD}<styleSheet xmlns="${MAIN}">`,
      list('numFmts', own),
      list('fonts', [font(false, ''), font(true, ''), ...inks]),
      list('fills', [
        '<fill><patternFill patternType="none"/></fill>',
        '<fill><patternFill patternType="gray125"/></fill>',
        ...fills,
      ]),
      list('borders', ['<border><left/><right/><top/><bottom/><diagonal/></border>']),
      list('cellStyleXfs', ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>']),
      list('cellXfs', cells),
      '</styleSheet>',
    ].join('');
  }
}
