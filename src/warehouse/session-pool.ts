import type { Session } from 'chdb';

/** Runs one job per session at a time, first come, first served. */
export class SessionPool {
  readonly #open: () => Session;
  readonly #free: PooledSession[];
  readonly #waiting: ((session: PooledSession) => void)[] = [];

  constructor(size: number, open: () => Session) {
    this.#open = open;
    this.#free = Array.from({ length: size }, () => new PooledSession(open()));
  }

  /** Jobs that wait for a session. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async run<T>(job: (session: PooledSession) => Promise<T>): Promise<T> {
    const session = await this.#take();
    let next = session;
    try {
      return await job(session);
    } catch (error) {
      // A failed statement leaves what it had written so far to the next one of its session (seen in chDB 3.4.0).
      next = new PooledSession(this.#open());
      session.close();
      throw error;
    } finally {
      this.#giveBack(next);
    }
  }

  #take(): Promise<PooledSession> {
    const session = this.#free.shift();
    if (session !== undefined) return Promise.resolve(session);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(session: PooledSession): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(session);
    else next(session);
  }
}

/** A session that remembers which database it stands in. */
export class PooledSession {
  readonly #session: Session;
  #database = 'default';

  constructor(session: Session) {
    this.#session = session;
  }

  /** The session, standing in a database whose name was checked by the caller. */
  async use(database: string): Promise<Session> {
    if (database !== this.#database) {
      await this.#session.queryAsync(`USE ${database}`);
      this.#database = database;
    }
    return this.#session;
  }

  /** Runs a statement whose answer does not matter. */
  async execute(statement: string): Promise<void> {
    await this.#session.queryAsync(statement);
  }

  close(): void {
    this.#session.close();
  }
}
