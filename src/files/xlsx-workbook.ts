import { posix } from 'node:path';
import { unreadableFile } from './file-limits.ts';
import { attributeOf, parseXml } from './read-xml.ts';
import { kindOfFormat, type NumberKind } from './xlsx-dates.ts';
import type { ZipArchive } from './zip-archive.ts';

export interface WorkbookSheet {
  name: string;
  /** Entry of the archive. */
  part: string;
  hidden: boolean;
}

export interface Workbook {
  sheets: WorkbookSheet[];
  /** Day numbers count from 1904 instead of 1900. */
  is1904: boolean;
  sharedStrings: string | undefined;
  /** What the number format of each cell style makes of a number. */
  styles: readonly NumberKind[];
}

const OTHER_KINDS: readonly [string, string][] = [
  ['xl/workbook.bin', 'This is a binary workbook (.xlsb): save it as .xlsx or CSV.'],
  ['word/document.xml', 'This is a text document, not a table: export CSV or XLSX.'],
  ['ppt/presentation.xml', 'This is a presentation, not a table: export CSV or XLSX.'],
  ['content.xml', 'This is an OpenDocument file: save it as .xlsx or CSV.'],
  ['index.apxl', 'This is a document of Keynote: export CSV or XLSX.'],
  ['Index/Document.iwa', 'This is a Numbers document: export it as .xlsx or CSV.'],
];

/** Reads what a workbook says of itself. @throws TurnoutError where the archive is no workbook */
export async function readWorkbook(archive: ZipArchive): Promise<Workbook> {
  const part = await workbookPart(archive);
  const targets = await relationTargets(archive, part);
  const sheets: WorkbookSheet[] = [];
  let is1904 = false;
  parseXml(await archive.text(part), (name, attributes) => {
    if (name === 'workbookPr') is1904 = isTrue(attributeOf(attributes, 'date1904'));
    if (name !== 'sheet') return;
    const target = targets.byId.get(attributeOf(attributes, 'id') ?? '');
    if (target === undefined || !target.type.endsWith('/worksheet')) return;
    sheets.push({
      name: attributes['name'] ?? `Sheet ${sheets.length + 1}`,
      part: target.part,
      hidden: /hidden/i.test(attributes['state'] ?? ''),
    });
  });
  if (sheets.length === 0) throw unreadableFile('The workbook holds no sheet with cells.');
  const partOf = (type: string): string | undefined => {
    const found = [...targets.byId.values()].find((target) => target.type.endsWith(type))?.part;
    return found !== undefined && archive.has(found) ? found : undefined;
  };
  const styles = partOf('/styles');
  return {
    sheets,
    is1904,
    sharedStrings: partOf('/sharedStrings'),
    styles: styles === undefined ? [] : readStyles(await archive.text(styles)),
  };
}

async function workbookPart(archive: ZipArchive): Promise<string> {
  const other = OTHER_KINDS.find(([name]) => archive.has(name));
  if (!archive.has('[Content_Types].xml') || other !== undefined) {
    throw unreadableFile(other?.[1] ?? 'This is a zip archive: unpack it and upload what is inside.');
  }
  let part: string | undefined;
  parseXml(await archive.text('[Content_Types].xml'), (name, attributes) => {
    const isMain = /(?:sheet|template)(?:\.macroEnabled)?\.main\+xml$/i.test(attributes['ContentType'] ?? '');
    if (name === 'Override' && isMain) part ??= (attributes['PartName'] ?? '').replace(/^\//, '');
  });
  const found = part ?? 'xl/workbook.xml';
  if (!archive.has(found))
    throw unreadableFile('This is a zip archive without a workbook: unpack it and upload what is inside.');
  return found;
}

interface Target {
  type: string;
  part: string;
}

async function relationTargets(archive: ZipArchive, part: string): Promise<{ byId: Map<string, Target> }> {
  const folder = posix.dirname(part);
  const byId = new Map<string, Target>();
  const relations = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  parseXml(await archive.text(relations), (name, attributes) => {
    if (name !== 'Relationship' || attributes['TargetMode'] === 'External') return;
    const target = attributes['Target'] ?? '';
    const resolved = target.startsWith('/') ? target.slice(1) : posix.join(folder, target);
    byId.set(attributes['Id'] ?? '', { type: attributes['Type'] ?? '', part: resolved });
  });
  return { byId };
}

function readStyles(text: string): NumberKind[] {
  const codes = new Map<number, string>();
  const styles: NumberKind[] = [];
  let isCellFormats = false;
  parseXml(text, (name, attributes) => {
    if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
    else if (name === 'cellXfs') isCellFormats = true;
    else if (name === 'cellStyles' || name === 'dxfs') isCellFormats = false;
    else if (name === 'xf' && isCellFormats) {
      const id = Number(attributes['numFmtId'] ?? 0);
      styles.push(kindOfFormat(id, codes.get(id)));
    }
  });
  return styles;
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true' || value === 'on';
}
