/**
 * Called between every two steps that leave a trace on disk. Does nothing; tests stop the world in it to see what a crash there
 * leaves behind.
 */
export type Failpoint = (step: string) => Promise<void>;

export const noFailpoint: Failpoint = async () => {};
