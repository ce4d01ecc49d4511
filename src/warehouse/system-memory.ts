import { readFileSync } from 'node:fs';
import { type Mapping, parseMappings } from './mappings.ts';

/** `MADV_DONTNEED` of Linux: the pages are read from the file again when they are needed. */
const DO_NOT_NEED = 4;
/** Less of a file is not worth a call. */
const WORTH_KILOBYTES = 1024;

interface LibC {
  madvise: (address: number, bytes: number, advice: number) => number;
  mallocTrim: (keepBytes: number) => number;
}

let libc: LibC | undefined;

/**
 * Gives back what this process holds for all of its threads: what the C library's allocator keeps, and the pages of programs and
 * libraries, which come back from the file when they are needed. Most of those were read once, at the start: 31 MB of the engine's
 * library are only addresses that the loader puts in place. Where the system is not Linux with glibc, nothing happens.
 */
export async function giveBackToSystem(): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    libc ??= await openLibC();
    libc.mallocTrim(0);
    for (const { from, to } of unchangedFiles(parseMappings(readFileSync('/proc/self/smaps', 'utf8'))))
      libc.madvise(from, to - from, DO_NOT_NEED);
  } catch {
    // Without the package, or with another C library, memory is given back later or not at all.
  }
}

/** Of files whose pages nobody here may write or has changed: a page that the loader has filled in exists nowhere else. */
export function unchangedFiles(mappings: Mapping[]): Mapping[] {
  return mappings.filter(
    ({ access, path, resident, anonymous }) =>
      path.startsWith('/') && /^r-.p$/.test(access) && anonymous === 0 && resident > WORTH_KILOBYTES,
  );
}

async function openLibC(): Promise<LibC> {
  const { default: koffi } = await import('koffi');
  const library = koffi.load('libc.so.6');
  return {
    madvise: library.func('int madvise(uintptr_t address, size_t bytes, int advice)'),
    mallocTrim: library.func('int malloc_trim(size_t keepBytes)'),
  };
}
