import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TurnoutError } from '../contract/errors.ts';
import { type LoadPiece, type LoadReport, type LoadStarted, MAX_PIECE_LINES } from '../contract/load.ts';
import { LinePieces, openLines } from './line-pieces.ts';
import { type ServerCalls, withServer } from './with-server.ts';

const LOOK_EVERY_MS = 250;
/** A piece is sent in one request, which has 30 s. */
const PIECE_BYTES = 384 * 1024 * 1024;

/** `turnout load FILE …`: messages of years, one merged message a line (docs/load-history.md); .gz and .zst are unpacked. */
export async function load(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { url: { type: 'string' }, as: { type: 'string' } },
  });
  if (positionals.length === 0)
    throw new TurnoutError('invalid_request', 'Say which files: turnout load FILE … [--as NAME]');
  return withServer(values.url, async (server) => {
    for (const path of positionals) await loadFile(server, path, values.as);
    return 0;
  });
}

async function loadFile(server: ServerCalls, path: string, saveAs: string | undefined): Promise<void> {
  const startedAt = performance.now();
  const cutter = new LinePieces(await openLines(path));
  const pieces: LoadPiece[] = [];
  while (await cutter.begin()) {
    const answer = await server.send<{ pieces: LoadPiece[] }>(
      `/api/v1/loads/pieces?lines_before=${cutter.lines}`,
      cutter.next(MAX_PIECE_LINES, PIECE_BYTES),
    );
    pieces.push(...answer.pieces);
    progress(`${basename(path)}: ${cutter.lines} lines are kept`);
  }
  const started = await server.post<LoadStarted>('/api/v1/loads', {
    file: basename(path),
    pieces,
    ...(saveAs === undefined ? {} : { save_as: saveAs }),
  });
  const place = `/api/v1/loads?first_seq=${started.first_seq}&last_seq=${started.last_seq}`;
  let report = await server.get<LoadReport>(place);
  while (!report.done) {
    progress(`${basename(path)}: ${sumOf(report)} of ${started.records} lines are counted`);
    await pause(LOOK_EVERY_MS);
    report = await server.get<LoadReport>(place);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(
    `\r${basename(path)}: ${started.records} lines in ${seconds.toFixed(1)} s (${Math.round(started.records / seconds)} a second) as "${started.source}".\n` +
      `  ${report.counted} counted, ${report.duplicate} duplicates, ${report.quarantined} in quarantine.\n`,
  );
}

const sumOf = ({ counted, duplicate, quarantined }: LoadReport): number => counted + duplicate + quarantined;

function progress(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${text}\x1b[K`);
}
