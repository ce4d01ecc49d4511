import { setTimeout as pause } from 'node:timers/promises';

/** Asks again until the answer is true; fails with `what` after `timeoutMs`. */
export async function until(what: string, answer: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await answer())) {
    if (performance.now() > deadline) throw new Error(`gave up waiting until ${what}`);
    await pause(20);
  }
}
