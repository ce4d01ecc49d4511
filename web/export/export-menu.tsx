import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import type { Tile } from '../../src/contract/dashboard.ts';
import type { ResultMeta } from '../../src/contract/result.ts';
import { Layer } from '../layout/layer.tsx';
import { showToast } from '../layout/messages.tsx';
import { type TableView, toTsv } from '../table/table-view.ts';
import { useDashboard } from '../tile/dashboard-context.ts';
import { aboutLines, exportFileName } from './about-lines.ts';
import { type TileExports, wordsSheet } from './data-sheet.ts';

/** A tile's rows for elsewhere: raw numbers as CSV and workbook, the table as shown for the clipboard. */
export function ExportMenu(props: {
  tile: Tile;
  meta: ResultMeta;
  notes: readonly string[];
  table: () => TableView;
  exports: (() => TileExports) | undefined;
}) {
  const { tile, meta, notes } = props;
  const page = useDashboard();
  const [opened, setOpened] = useState(false);
  const { currency } = page.workspace;

  const sheets = (): TileExports => props.exports?.() ?? { shown: wordsSheet(props.table()) };
  const about = ({ compared }: TileExports): string[] =>
    aboutLines(tile, notes, meta, compared === false ? { ...page, compare: null } : page);
  const name = (extension: string): string => exportFileName(tile.title, page.period, extension);
  const run = (what: string, work: () => Promise<void>): void => {
    setOpened(false);
    work().then(
      () => showToast(what),
      () => showToast('The file could not be made. Reload the page and try again.'),
    );
  };
  const csv = async (): Promise<void> => {
    const { toCsv } = await import('./csv.ts');
    const given = sheets();
    download(
      new Blob([toCsv(given.tidy ?? given.shown, about(given))], { type: 'text/csv;charset=utf-8' }),
      name('csv'),
    );
  };
  const workbook = async (): Promise<void> => {
    const [{ toXlsx }, { SHEET_COLORS }] = await Promise.all([import('./xlsx.ts'), import('./sheet-colors.ts')]);
    const given = sheets();
    const bytes = toXlsx(given.shown, { name: tile.title, about: about(given), currency, colors: SHEET_COLORS });
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    download(new Blob([bytes], { type }), name('xlsx'));
  };
  return (
    <Layer
      label={`Export ${tile.title}`}
      opened={opened}
      onChange={setOpened}
      align="end"
      className="menu"
      buttonClass="icon-button"
      buttonLabel={`Export ${tile.title}`}
      button={<IconDownload size={16} aria-hidden />}
    >
      <button type="button" onClick={() => run(`${name('xlsx')} saved`, workbook)}>
        Excel workbook (XLSX)
      </button>
      <button type="button" onClick={() => run(`${name('csv')} saved`, csv)}>
        CSV, one row per number
      </button>
      <button
        type="button"
        onClick={() => run('Table copied', () => navigator.clipboard.writeText(toTsv(props.table())))}
      >
        Copy as shown (TSV)
      </button>
    </Layer>
  );
}

function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has begun to save it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
