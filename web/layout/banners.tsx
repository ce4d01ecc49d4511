import { useBusy } from '../api/busy.ts';
import { useReachable } from '../api/live.ts';
import { useFreshness } from '../api/queries.ts';

/** What is wrong, what it means for the numbers, what to do. */
export function Banners() {
  const reachable = useReachable();
  const busy = useBusy();
  const freshness = useFreshness().data;
  const text = !reachable
    ? 'Turnout cannot be reached. The numbers below are the last ones seen; they update by themselves when it is back.'
    : freshness?.state === 'receive_only'
      ? 'Turnout only receives at the moment. What arrives is safe, but nothing new is counted. See the server’s log.'
      : freshness?.state === 'unavailable'
        ? 'The engine restarts. What arrives is safe; numbers come back by themselves.'
        : busy
          ? 'Some numbers cannot be had at the moment. The last ones seen are shown; they are asked for again by themselves.'
          : null;
  return (
    <div role="alert" className="banners">
      {text && <p className="banner">{text}</p>}
    </div>
  );
}
