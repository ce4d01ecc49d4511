import type { Cell, QueryResult, ResultColumn, Row } from '../contract/result.ts';
import { lowerFirst } from '../model/labels.ts';
import type { InstantRange } from './buckets.ts';
import { hasFilter } from './compile/filter.ts';
import { cohortOf, compileFunnel, isCheaperTogether } from './compile/funnel.ts';
import { readKey, readNumber } from './compile/statement.ts';
import { cellId } from './leaf-table.ts';
import { cutToMatured, isMaturing, rangesOf } from './maturity.ts';
import { describeCut } from './maturity-notes.ts';
import { describeSeconds, labelOf, listWords } from './notes.ts';
import type { Rollups } from './plan/choose-rollup.ts';
import { rollupsOf } from './plan/rollups-of.ts';
import type { QueryContext } from './query-context.ts';
import type { ResolvedFunnelQuery } from './resolved.ts';
import { dimensionCell, shapeDimensionColumn, shapeMaturity, shapeParameters, shapeRange } from './shape.ts';
import type { Trace } from './trace.ts';

/** How many entities reached each step, one row per step (and value of the dimension). */
export async function answerFunnel(
  query: ResolvedFunnelQuery,
  trace: Trace,
  context: QueryContext,
): Promise<QueryResult> {
  const { clock, timezone, model, funnel, matured } = query;
  const whole = rangesOf(query.range, query.compare);
  const { range, compare } =
    matured && funnel.maturesAfter !== undefined
      ? cutToMatured(whole, funnel.maturesAfter, { completeThrough: clock.dataThrough, zone: clock.zone })
      : whole;
  const {
    cohorts: [main = [], other],
    plan,
  } = await fetchCohorts(query, { range, compare }, { rollups: rollupsOf(model, context), trace });
  return {
    columns: shapeFunnelColumns(query),
    rows: main.flatMap((segment) => shapeSegment(query, segment)),
    ...(other === undefined || compare === undefined
      ? {}
      : {
          compare: {
            range: shapeRange(query.compare ?? compare, clock.zone),
            rows: main.flatMap((segment): (Row | null)[] => {
              const found = other.find((each) => cellId([each.value]) === cellId([segment.value]));
              return found === undefined ? funnel.steps.map(() => null) : shapeSegment(query, found);
            }),
          },
        }),
    meta: {
      ...trace.meta(context, clock.zone, timezone, plan, describeFunnelNotes(query)),
      ...(query.range === undefined ? {} : { range: shapeRange(query.range, clock.zone) }),
      ...shapeMaturity([funnel], clock),
      ...shapeParameters([funnel], model, query.parameters),
    },
  };
}

interface Segment {
  value: Cell;
  steps: { reached: number; median: number | null; p90: number | null }[];
}

/** The segments of the range, and those of the one that it is compared with; with what was read. */
async function fetchCohorts(
  query: ResolvedFunnelQuery,
  { range, compare }: { range: InstantRange | undefined; compare: InstantRange | undefined },
  { rollups, trace }: { rollups: Rollups; trace: Trace },
): Promise<{ cohorts: Segment[][]; plan: string[] }> {
  const run = async (ranges: readonly InstantRange[] | undefined) => {
    const { sql, traits, plan } = compileFunnel(query, ranges, rollups);
    return { rows: await trace.run(sql, traits), plan };
  };
  if (range !== undefined && compare !== undefined && isCheaperTogether(query, range, compare)) {
    const { rows, plan } = await run([range, compare]);
    const cohorts = [0, 1].map((cohort) =>
      segmentsOf(
        query,
        rows.filter((row) => cohortOf(row) === cohort),
      ),
    );
    return { cohorts, plan };
  }
  const ranges = range === undefined ? [undefined] : [[range], ...(compare === undefined ? [] : [[compare]])];
  const answers = await Promise.all(ranges.map(run));
  return {
    cohorts: answers.map(({ rows }) => segmentsOf(query, rows)),
    plan: [...new Set(answers.flatMap(({ plan }) => plan))],
  };
}

function segmentsOf(query: ResolvedFunnelQuery, rows: readonly Record<string, unknown>[]): Segment[] {
  // A cohort that nobody belongs to has no row beside one that has.
  const known = rows.length === 0 && query.dimension === undefined ? [{}] : rows;
  const segments = known.map(
    (row: Record<string, unknown>): Segment => ({
      value: readKey(row['k0']),
      steps: query.funnel.steps.map((_, index) => {
        const times = row[`times${index + 1}`];
        const [median, p90] = Array.isArray(times) ? times : [];
        return {
          reached: readNumber(row[`reached${index + 1}`]) ?? 0,
          median: readNumber(median),
          p90: readNumber(p90),
        };
      }),
    }),
  );
  return segments.sort(
    (a, b) =>
      (b.steps[0]?.reached ?? 0) - (a.steps[0]?.reached ?? 0) || (cellId([a.value]) < cellId([b.value]) ? -1 : 1),
  );
}

function shapeSegment({ funnel, dimension, clock }: ResolvedFunnelQuery, { value, steps }: Segment): Row[] {
  const first = steps[0]?.reached ?? 0;
  return funnel.steps.map(({ name, label }, index): Row => {
    const { reached, median, p90 } = steps[index] ?? { reached: 0, median: null, p90: null };
    const previous = index === 0 ? null : (steps[index - 1]?.reached ?? 0);
    return {
      ...(dimension === undefined ? {} : { [dimension.name]: dimensionCell(dimension, value, clock.zone) }),
      step: name,
      label,
      reached,
      conversion_from_start: first === 0 ? null : reached / first,
      conversion_from_previous: previous === null || previous === 0 ? null : reached / previous,
      drop_off: previous === null ? null : previous - reached,
      median_seconds: median,
      p90_seconds: p90,
    };
  });
}

function shapeFunnelColumns({ dimension, funnel }: ResolvedFunnelQuery): ResultColumn[] {
  const metric = (name: string, label: string, format: string, good: 'up' | 'down' | 'neutral'): ResultColumn => ({
    name,
    label,
    kind: 'metric',
    format,
    good,
    min_sample: funnel.minSample,
    ...(funnel.parameters.length === 0 ? {} : { parameters: funnel.parameters }),
  });
  return [
    ...(dimension === undefined ? [] : [shapeDimensionColumn(dimension)]),
    { name: 'step', label: 'Step', kind: 'dimension' },
    { name: 'label', label: 'Label', kind: 'dimension' },
    metric('reached', 'Reached', 'integer', 'up'),
    metric('conversion_from_start', 'From start', 'percent', 'up'),
    metric('conversion_from_previous', 'From previous', 'percent', 'up'),
    metric('drop_off', 'Dropped off', 'integer', 'down'),
    metric('median_seconds', 'Median time', 'duration', 'down'),
    metric('p90_seconds', '90th percentile', 'duration', 'down'),
  ];
}

function describeFunnelNotes(query: ResolvedFunnelQuery): string[] {
  const { funnel, filters, model, range, clock } = query;
  const notes = filters.flatMap((filter): string[] => {
    const without = funnel.steps.filter((step) => {
      const dataset = model.datasets.get(step.dataset);
      return dataset !== undefined && !hasFilter(dataset, filter);
    });
    if (without.length === 0) return [];
    const label = labelOf(query, filter.name);
    return [
      without.length === funnel.steps.length
        ? `${funnel.label} ignores the filter on ${label}: no step has it.`
        : `${listWords(without.map((step) => step.label))} ${without.length === 1 ? 'ignores' : 'ignore'} the filter on ${label}: the data behind ${without.length === 1 ? 'it' : 'them'} does not have it.`,
    ];
  });
  const { maturesAfter } = funnel;
  if (maturesAfter !== undefined && range !== undefined && isMaturing(range.end, maturesAfter, clock)) {
    const things = lowerFirst(model.datasets.get(funnel.steps[0]?.dataset ?? '')?.label ?? '');
    notes.push(
      query.matured
        ? describeCut(funnel.label, things, maturesAfter, { range }, clock, false)
        : `${funnel.label} is still maturing: what is younger than ${describeSeconds(maturesAfter)} can still change.`,
    );
  }
  if (
    maturesAfter === undefined &&
    funnel.windowSeconds !== undefined &&
    range !== undefined &&
    range.end + funnel.windowSeconds * 1000 > clock.completeThrough
  )
    notes.push('Still maturing: the latest entrants have not had the whole window yet.');
  return [...new Set(notes)];
}
