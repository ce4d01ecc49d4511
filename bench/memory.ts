import { readFileSync } from 'node:fs';
import { parseMappings } from '../src/warehouse/mappings.ts';

const SAMPLES = 10;
const EVERY_MS = 1_000;

export interface MemorySample {
  second: number;
  /** Resident, of the process and everything that it has started. */
  megabytes: number;
}

/** Resident memory of a process and its children (Linux), at about ten moments until the signal. */
export async function watchMemory(pid: number, signal: AbortSignal): Promise<MemorySample[]> {
  const samples: MemorySample[] = [];
  const started = performance.now();
  while (!signal.aborted) {
    samples.push({ second: Math.round((performance.now() - started) / 1000), megabytes: residentMegabytes(pid) });
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  const step = Math.max(1, Math.floor(samples.length / SAMPLES));
  return samples.filter((_, index) => index % step === 0 || index === samples.length - 1);
}

/** Of a process and everything that it has started, megabytes. */
export function residentMegabytes(pid: number): number {
  return Math.round(familyOf(pid).reduce((sum, each) => sum + residentKilobytes(each), 0) / 1024);
}

/**
 * The same, but of each file's pages (Node's program, the engine's library) only those of the process that shows most of them: two
 * processes share them. Linux's own proportional size would divide them with every other Node on the machine too.
 */
export function distinctMegabytes(pid: number): number {
  let anonymous = 0;
  const files = new Map<string, number>();
  for (const each of familyOf(pid)) {
    const shown = new Map<string, number>();
    for (const mapping of parseMappings(read(`/proc/${each}/smaps`))) {
      anonymous += mapping.anonymous;
      shown.set(mapping.path, (shown.get(mapping.path) ?? 0) + mapping.resident - mapping.anonymous);
    }
    for (const [path, kilobytes] of shown) files.set(path, Math.max(files.get(path) ?? 0, kilobytes));
  }
  return Math.round([...files.values()].reduce((sum, each) => sum + each, anonymous) / 1024);
}

function familyOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => familyOf(Number(child))))];
  } catch {
    return [];
  }
}

function residentKilobytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** '' where the process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
