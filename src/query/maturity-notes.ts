import { lowerFirst } from '../model/labels.ts';
import type { InstantRange } from './buckets.ts';
import { datasetsOf } from './checks/check.ts';
import { cutToMatured, isMaturing, rangesOf } from './maturity.ts';
import { describeSeconds, listWords } from './notes.ts';
import type { Clock, ResolvedMetricQuery } from './resolved.ts';
import { viewsOf } from './views.ts';

/** What was left out because it has not settled, or can still change because it was not left out. */
export function describeMaturity(query: ResolvedMetricQuery): string[] {
  const { range, clock, metrics, matured } = query;
  if (range !== undefined && range.start >= clock.completeThrough && !matured) return [];
  const young = metrics.flatMap((metric) => {
    const seconds = metric.maturesAfter ?? (metric.type === 'conversion' ? metric.windowSeconds : undefined);
    if (seconds === undefined || range === undefined || !isMaturing(range.end, seconds, clock)) return [];
    return [{ metric, seconds, cut: matured && metric.maturesAfter !== undefined }];
  });
  return [...Map.groupBy(young, ({ seconds, cut }) => `${seconds} ${cut}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const labels = listWords(group.map(({ metric }) => metric.label));
    if (!first.cut) {
      const verb = group.length === 1 ? 'is' : 'are';
      return [
        `${labels} ${verb} still maturing: what is younger than ${describeSeconds(first.seconds)} can still change.`,
      ];
    }
    const timed = viewsOf(query).some((view) => view.counted === 'all');
    return [
      describeCut(
        labels,
        thingsOf(
          query,
          group.map(({ metric }) => metric.name),
        ),
        first.seconds,
        rangesOf(range, undefined),
        clock,
        timed,
      ),
    ];
  });
}

/** `timed`: rows by time show what is maturing as well. */
export function describeCut(
  labels: string,
  things: string,
  seconds: number,
  { range }: { range?: InstantRange },
  clock: Clock,
  timed: boolean,
): string {
  const cut = cutToMatured(rangesOf(range, undefined), seconds, {
    completeThrough: clock.dataThrough,
    zone: clock.zone,
  }).range;
  if (cut === undefined || cut.end <= cut.start)
    return `${labels}: nothing in this period has settled yet; ${things} take ${describeSeconds(seconds)}.`;
  const end = describeInstant(cut.end, clock.zone);
  return timed
    ? `${labels}: ${things} from ${end} on are still maturing; totals and comparisons leave them out.`
    : `${labels}: only ${things} from before ${end} count; later ones are still maturing.`;
}

/** What the metrics count, where they all count the same: `webinars`. */
function thingsOf(query: ResolvedMetricQuery, names: readonly string[]): string {
  const labels = names.flatMap((name) => {
    const metric = query.model.metrics.get(name);
    return metric === undefined ? [] : datasetsOf(query, metric).map(({ dataset }) => dataset.label);
  });
  const [label, ...others] = new Set(labels);
  return label === undefined || others.length > 0 ? 'records' : lowerFirst(label);
}

function describeInstant(at: number, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
  }).format(at);
}
