import { setPriority } from 'node:os';

/**
 * On a busy machine what is received goes first: a question may wait, an acknowledgement may not. On Linux the niceness is the
 * calling thread's, and that of the threads that it begins from now on; elsewhere the whole process's. Where it is not allowed all
 * are alike.
 */
export function lowerPriority(niceness: number): void {
  try {
    setPriority(niceness);
  } catch {
    // Then nobody goes first.
  }
}
