import { SaxesParser } from 'saxes';
import { unreadableFile } from './file-limits.ts';

export interface XmlHandlers {
  /** Name without its namespace prefix; attributes as written, prefix and all. */
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  text(text: string): void;
}

/**
 * A parser to write pieces of XML into. Document types and entities of one's own are refused, so nothing outside the text is
 * ever read and nothing in it can grow.
 */
export function openXml(handlers: XmlHandlers): { write(text: string): void; end(): void } {
  const parser = new SaxesParser({ xmlns: false });
  parser.on('doctype', () => {
    throw unreadableFile('The workbook holds a document type definition, which no spreadsheet writes. It is not read.');
  });
  parser.on('error', () => {
    throw unreadableFile('The workbook is damaged: open it in a spreadsheet, save it again and upload that.');
  });
  parser.on('opentag', ({ name, attributes }) => handlers.open(localName(name), attributes));
  parser.on('closetag', ({ name }) => handlers.close(localName(name)));
  parser.on('text', (text) => handlers.text(text));
  parser.on('cdata', (text) => handlers.text(text));
  return { write: (text) => void parser.write(text), end: () => void parser.close() };
}

/** Reads a small document at once. */
export function parseXml(text: string, open: XmlHandlers['open']): void {
  const xml = openXml({ open, close: () => {}, text: () => {} });
  xml.write(text);
  xml.end();
}

/** An attribute whatever its prefix: `r:id` and `id`. */
export function attributeOf(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name];
  const prefixed = Object.keys(attributes).find((key) => localName(key) === name);
  return prefixed === undefined ? undefined : attributes[prefixed];
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** `_x000D_` stands for a character that XML cannot hold. */
export function unescapeCharacters(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
