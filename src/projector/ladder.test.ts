import { describe, expect, it } from 'vitest';
import { channelSpec } from '../contract/workspace.ts';
import { FULL_LADDER, ladderOf } from './ladder.ts';

const channel = (statuses: string[]) => ladderOf(channelSpec.parse({ name: 'c', label: 'C', color: 1, statuses }));

describe('ladderOf', () => {
  it('lets a reply mean read and delivered where the channel knows read', () => {
    const { reachedBy } = channel(['sent', 'delivered', 'read', 'replied', 'failed']);
    expect(reachedBy.read).toContain('replied');
    expect(reachedBy.delivered).toStrictEqual(expect.arrayContaining(['delivered', 'read', 'replied']));
    expect(reachedBy.delivered).not.toContain('failed');
  });

  it('lets a click of e-mail mean delivered only', () => {
    const { reachedBy } = channel(['sent', 'delivered', 'opened', 'clicked', 'unsubscribed']);
    expect(reachedBy.delivered).toStrictEqual(expect.arrayContaining(['opened', 'clicked']));
    expect(reachedBy.read).toStrictEqual(['read']);
    expect(reachedBy.delivered).not.toContain('unsubscribed');
  });

  it('implies nothing that the channel does not have', () => {
    expect(channel(['sent', 'answered', 'replied']).reachedBy.delivered).toStrictEqual(['delivered']);
    expect(channel(['sent', 'answered', 'replied']).reachedBy.answered).toContain('replied');
  });

  it('gives unknown channels every status', () => {
    expect(FULL_LADDER.reachedBy.delivered).toStrictEqual(
      expect.arrayContaining(['delivered', 'read', 'opened', 'clicked', 'answered', 'replied']),
    );
  });
});
