import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import pg from 'pg';
import { SaxesParser } from 'saxes';
import yauzl from 'yauzl';

/**
 * The yardstick, in a process of its own: the client library or the parser alone, rows counted and thrown away.
 * node plain-reading.ts postgres URL TABLE | csv FILE | xlsx FILE
 */
const [kind, target = '', table = ''] = process.argv.slice(2);
const reading = kind === 'postgres' ? readTable(target, table) : kind === 'csv' ? readCsv(target) : readXlsx(target);
process.send?.(await reading);

/** A cursor and pg's own types. */
async function readTable(url: string, name: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`BEGIN; DECLARE c NO SCROLL CURSOR FOR SELECT * FROM ${name} ORDER BY id`);
  let rows = 0;
  for (;;) {
    const page = await client.query('FETCH 2000 FROM c');
    rows += page.rows.length;
    if (page.rows.length === 0) break;
  }
  await client.end();
  return rows;
}

async function readCsv(path: string): Promise<number> {
  let rows = 0;
  for await (const _row of createReadStream(path).pipe(parse({ from_line: 2 }))) rows++;
  return rows;
}

/** Unzip and one SAX pass over the first sheet; shared strings are not looked at. */
function readXlsx(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('entry', (entry: yauzl.Entry) => {
        if (!/^xl\/worksheets\/sheet1\.xml$/.test(entry.fileName)) return zip.readEntry();
        zip.openReadStream(entry, (failure, stream) => {
          if (failure) return reject(failure);
          let rows = -1;
          const parser = new SaxesParser();
          parser.on('opentag', ({ name }) => {
            if (name === 'row') rows++;
          });
          stream.setEncoding('utf8').on('data', (text: string) => parser.write(text));
          stream.on('end', () => resolve(rows)).on('error', reject);
        });
      });
      zip.readEntry();
    });
  });
}
