export interface Throttled {
  (): void;
  /** Forgets the call that is due. */
  cancel(): void;
}

/** Calls at once after a quiet time, else `everyMs` after the call before; however often it is asked in between. */
export function throttle(call: () => void, everyMs: number): Throttled {
  let calledAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const run = () => {
    timer = undefined;
    calledAt = performance.now();
    call();
  };
  const throttled = () => {
    if (timer !== undefined) return;
    const wait = calledAt + everyMs - performance.now();
    if (wait <= 0) run();
    else timer = setTimeout(run, wait);
  };
  throttled.cancel = () => clearTimeout(timer);
  return throttled;
}
