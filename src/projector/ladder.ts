import { MESSAGE_STATUSES, type MessageStatus } from '../contract/record.ts';
import type { ChannelSpec } from '../contract/workspace.ts';

/**
 * How a channel's statuses imply each other. A later status of the ladder implies the earlier ones that the channel has, as
 * far as they merely happen to a message; what a person does (opens, clicks, replies) must have been seen.
 */

/** Failed, unsubscribed and complained stand beside the ladder: they imply nothing but that the message was sent. */
const BESIDE: ReadonlySet<MessageStatus> = new Set(['failed', 'unsubscribed', 'complained']);
const LADDER = MESSAGE_STATUSES.filter((status) => !BESIDE.has(status));

export const IMPLIED = ['delivered', 'read', 'answered'] as const satisfies readonly MessageStatus[];
export type ImpliedStatus = (typeof IMPLIED)[number];

/** Any of these is a success and beats a failure that is not permanent. */
export const SUCCESSES: readonly MessageStatus[] = ['delivered', 'read', 'opened', 'clicked', 'answered', 'replied'];

export interface Ladder {
  /** By implied status: the statuses any of which means that it was reached, itself among them. */
  reachedBy: Record<ImpliedStatus, MessageStatus[]>;
  engaged: MessageStatus[];
}

/** The ladder of a channel that the workspace does not know: every status in canonical order. */
export const FULL_LADDER: Ladder = makeLadder(LADDER, ['read', 'opened', 'clicked', 'answered', 'replied']);

export function ladderOf(channel: ChannelSpec): Ladder {
  return makeLadder(channel.statuses, channel.engaged);
}

function makeLadder(statuses: readonly MessageStatus[], engaged: readonly MessageStatus[]): Ladder {
  const own = statuses.filter((status) => !BESIDE.has(status));
  const later = (status: ImpliedStatus) => {
    if (!own.includes(status)) return [status];
    const undeclared = LADDER.slice(LADDER.indexOf(status) + 1).filter((other) => !own.includes(other));
    return [status, ...own.slice(own.indexOf(status) + 1), ...undeclared];
  };
  return {
    reachedBy: { delivered: later('delivered'), read: later('read'), answered: later('answered') },
    engaged: [...engaged],
  };
}
