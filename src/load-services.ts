import type { Readable } from 'node:stream';
import { snakeCase } from './contract/column-name.ts';
import { TurnoutError } from './contract/errors.ts';
import { type LoadPiece, type LoadReport, MAX_LINE_BYTES, MAX_PIECE_LINES } from './contract/load.ts';
import type { DataSide } from './data-side.ts';
import type { LoadServices } from './http/services.ts';
import { hasBulk, keepBulk } from './journal/bulk.ts';
import type { Journal } from './journal/entry.ts';
import { appendOrder } from './journal-orders.ts';
import type { Loaded } from './projector/load/load-order.ts';
import { loadLoaded } from './projector/load/load-report.ts';
import { recordAudit } from './store/audit.ts';
import type { ControlDatabase } from './store/tables.ts';
import type { Sync } from './sync/sync.ts';
import { newSourceFile } from './workspace/source-files.ts';
import { changeWorkspace } from './workspace/write-files.ts';
import type { WorkspaceFiles } from './workspace-files.ts';

export interface LoadServicesOptions {
  journal: Pick<Journal, 'append' | 'status'>;
  journalFolder: string;
  data: Pick<DataSide, 'warehouse' | 'status'>;
  sync: Pick<Sync, 'startRun'>;
  control: ControlDatabase;
  clock: () => number;
  current(): WorkspaceFiles;
  workspaceFolder: string;
  sample: boolean;
  reload(): Promise<void>;
}

const CONNECTOR = 'history';
const STREAM = 'files';

/** Files of history: pieces are kept beside the journal first, then ordered together, so that a file is loaded whole or not at all. */
export function createLoadServices(options: LoadServicesOptions): LoadServices {
  const { journal, journalFolder, data, sync, control, clock, current } = options;
  /** One piece at a time: they share the names of their drafts. */
  let keeping: Promise<unknown> = Promise.resolve();
  /** What was told last: until another entry is counted it is the same, and whoever waits for a file asks several times a second. */
  let told: { seq: number; firstSeq: number; lastSeq: number; loaded: Loaded } | undefined;

  const refuseSample = () => {
    if (options.sample)
      throw new TurnoutError('conflict', 'The sample takes nothing in. Remove it first: the page says where.');
  };

  return {
    async keepPiece(body: Readable, linesBefore: number): Promise<LoadPiece[]> {
      refuseSample();
      const status = journal.status();
      if (!status.accepting)
        throw new TurnoutError(
          'unavailable',
          'The disk has too little room left. Free some space and load the file again.',
        );
      const limits = { pieceLines: MAX_PIECE_LINES, lineBytes: MAX_LINE_BYTES };
      const kept = keeping.then(() => keepBulk(journalFolder, body, limits));
      keeping = kept.catch(() => {});
      return (await kept).map(({ sha256, records, bytes, linesBefore: within }) => ({
        sha256,
        records,
        bytes,
        lines_before: linesBefore + within,
      }));
    },

    async order({ file, save_as, pieces }, actor) {
      refuseSample();
      if (data.warehouse.layout.kind === 'cluster')
        throw new TurnoutError(
          'conflict',
          'Files of history cannot be loaded into a cluster yet. Load them while the facts are on one server or the built-in engine.',
        );
      for (const { sha256 } of pieces)
        if (!(await hasBulk(journalFolder, sha256)))
          throw new TurnoutError('not_found', `The piece ${sha256} is not there. Load the file again.`);
      const source = await declare(options, save_as ?? file.replace(/(\.(ndjson|jsonl|json|gz|zst))+$/i, ''));
      const run = await sync.startRun({ source, trigger: 'import' });
      run.log('info', `Loading ${file}.`);
      const seqs: number[] = [];
      for (const piece of pieces) {
        const seq = await appendOrder(journal, source, clock(), { control: 'load', ...piece, file });
        seqs.push(seq);
        await run.page({ stream: STREAM, rows: piece.records, bytes: piece.bytes, seq });
      }
      await run.stream(STREAM, 'ok');
      run.log('info', `Every line of ${file} is in the journal.`);
      await run.end({ state: 'ok', error: null });
      const records = pieces.reduce((sum, piece) => sum + piece.records, 0);
      const detail = `${records} lines of the file "${file}" were loaded as ${source}.`;
      await recordAudit(control, { at: clock(), actor, action: 'load', detail });
      return { source, records, first_seq: seqs[0] ?? 0, last_seq: seqs.at(-1) ?? 0 };
    },

    async report(firstSeq, lastSeq): Promise<LoadReport> {
      const { seq, detail } = { seq: 0, detail: null, ...data.status };
      if (told === undefined || told.seq !== seq || told.firstSeq !== firstSeq || told.lastSeq !== lastSeq)
        told = { seq, firstSeq, lastSeq, loaded: await loadLoaded(data.warehouse, firstSeq, lastSeq) };
      return { done: seq >= lastSeq, detail, ...told.loaded };
    },
  };

  /** The source of this name, made where there is none. */
  async function declare({ workspaceFolder, reload }: LoadServicesOptions, label: string): Promise<string> {
    const name = snakeCase(label).replaceAll('_', '-').slice(0, 50).replace(/-+$/, '') || 'history';
    const known = current().sources.find((source) => source.name === name);
    if (known?.connector.name === CONNECTOR) return name;
    if (known !== undefined || current().unusable.includes(name))
      throw new TurnoutError(
        'conflict',
        `There is a source "${name}" of another kind. Give the history a name of its own: turnout load FILE --as NAME.`,
      );
    const declaration = { name, connector: CONNECTOR, label, settings: {}, defaults: {}, schedule: 'manual' as const };
    await changeWorkspace({ workspaceFolder, reload }, [newSourceFile(declaration)]);
    return name;
  }
}
