import type { ReceivedEntry } from '../../src/contract/connector.ts';

/** A journal entry before it has its place: what a source of the sample received or read. */
export type SampleEntry = Omit<ReceivedEntry, 'seq'> & { source: string };
