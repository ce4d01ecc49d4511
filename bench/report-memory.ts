import { writeFileSync } from 'node:fs';

/** Preloaded into a process that is measured: at its end it writes its highest resident memory (kB) into the file that is named. */
const file = process.env['BENCH_MEMORY_FILE'];
if (file !== undefined) process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
