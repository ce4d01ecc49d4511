import { TurnoutError } from '../contract/errors.ts';
import { backup } from './backup.ts';
import { check } from './check.ts';
import { importFile } from './import.ts';
import { load } from './load.ts';
import { query } from './query.ts';
import { rebuild } from './rebuild.ts';
import { restore } from './restore.ts';
import { sample } from './sample.ts';
import { serve } from './serve.ts';
import { sync } from './sync.ts';

const COMMANDS: Record<string, { run: (args: string[]) => Promise<number>; summary: string }> = {
  serve: { run: serve, summary: 'start the server (what `npm start` does)' },
  check: { run: check, summary: 'check the workspace folder: every mistake with its place and a hint' },
  import: { run: importFile, summary: 'import a CSV or XLSX file: turnout import FILE [--dry-run]' },
  load: { run: load, summary: 'load years of messages from NDJSON files: turnout load FILE … [--as NAME]' },
  sync: { run: sync, summary: 'read sources now: turnout sync [SOURCE …] [--full]' },
  query: { run: query, summary: "ask a running server: turnout query '?m=charges&by=channel&p=28d' [--sql]" },
  rebuild: { run: rebuild, summary: 'make the warehouse anew from the journal (the server must be stopped)' },
  backup: { run: backup, summary: 'copy journal, control database and workspace files: turnout backup FOLDER' },
  restore: {
    run: restore,
    summary: 'put a backup into an empty data folder: turnout restore FOLDER [--journal FOLDER]',
  },
  sample: { run: sample, summary: 'make the sample workspace anew (the server must be stopped)' },
};

function help(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(9)}${summary}`);
  return `turnout COMMAND\n\n${lines.join('\n')}\n`;
}

async function main([name, ...args]: string[]): Promise<number> {
  const command = COMMANDS[name ?? 'serve'];
  if (command === undefined) {
    process.stderr.write(`There is no command "${name}".\n\n${help()}`);
    return name === 'help' || name === '--help' ? 0 : 2;
  }
  return command.run(args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof TurnoutError)) throw error;
  process.stderr.write(`${error.message}\n`);
  for (const problem of error.problems)
    process.stderr.write(`  ${problem.path}: ${problem.message}${problem.hint ? ` ${problem.hint}` : ''}\n`);
  process.exitCode = 1;
}
