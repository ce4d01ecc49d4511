import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { waitUntilProjected } from './freshness.ts';
import type { Keys } from './payloads.ts';
import type { Job, Sent } from './sender.ts';
import { line } from './text.ts';

export type Load = Omit<Job, 'keys' | 'prefix'>;

/** The sender: a process of its own, so that it does not share the server's core. */
export class SenderProcess {
  readonly #keys: Keys;
  readonly #child: ChildProcess;
  #jobs = 0;

  constructor(keys: Keys) {
    this.#keys = keys;
    this.#child = fork(new URL('./sender.ts', import.meta.url));
    process.once('exit', () => this.#child.kill('SIGKILL'));
  }

  async run(load: Load): Promise<Sent> {
    const prefix = `${process.pid.toString(36)}-${(this.#jobs++).toString(36)}`;
    const answer = once(this.#child, 'message');
    this.#child.send({ ...load, keys: this.#keys, prefix } satisfies Job);
    const [sent] = await answer;
    return sent as Sent;
  }

  stop(): void {
    this.#child.kill();
  }
}

/** Raises the rate step by step until one is not held, twice. Each step begins with nothing left to project. */
export async function runSteps(sender: SenderProcess, loads: readonly Load[]): Promise<Sent[]> {
  const results: Sent[] = [];
  for (const load of loads) {
    const held = (await runStep(sender, load, results)) || (await runStep(sender, load, results));
    if (!held) break;
  }
  return results;
}

async function runStep(sender: SenderProcess, load: Load, results: Sent[]): Promise<boolean> {
  await waitUntilProjected(load.url);
  const sent = await sender.run(load);
  line(sent, load.eventsPerRequest);
  results.push(sent);
  return isHeld(sent);
}

/** Requests per second of the highest step that was held. */
export function highestHeld(results: readonly Sent[]): number {
  return results.findLast(isHeld)?.rate ?? 0;
}

/** Held: nothing refused, and nearly all answered within 100 ms. */
function isHeld(sent: Sent): boolean {
  return sent.accepted === sent.requests && sent.p99 <= 100;
}
