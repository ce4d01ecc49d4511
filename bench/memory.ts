import { readFileSync } from 'node:fs';

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
  return sumOf(pid, 'status', 'VmRSS');
}

/** The same, a page that several processes share divided among them: what would be free without this family. */
export function proportionalMegabytes(pid: number): number {
  return sumOf(pid, 'smaps_rollup', 'Pss');
}

function sumOf(pid: number, file: string, field: string): number {
  return Math.round(familyOf(pid).reduce((sum, each) => sum + kilobytes(each, file, field), 0) / 1024);
}

function familyOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => familyOf(Number(child))))];
  } catch {
    return [];
  }
}

function kilobytes(pid: number, file: string, field: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
