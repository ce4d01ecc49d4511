import { IconFilter } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Catalog, WorkspaceInfo } from '../../src/contract/api.ts';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import {
  type DateRange,
  formatPeriod,
  PERIOD_PRESETS,
  type Period,
  type PeriodContext,
  stepPeriod,
} from '../../src/contract/period.ts';
import type { Filter } from '../../src/contract/query.ts';
import type { BatchItem } from '../../src/contract/result.ts';
import { maturesOnPage, parametersOnPage } from '../dashboard/page-metrics.ts';
import { Dialog } from '../layout/dialog.tsx';
import { type KeyMap, useKeys } from '../layout/keys.ts';
import { announce } from '../layout/messages.tsx';
import { useMediaQuery } from '../layout/use-media-query.ts';
import { AddFilter } from './add-filter.tsx';
import { ComparePicker } from './compare-picker.tsx';
import { FilterChip } from './filter-chip.tsx';
import { countingMetric, readValues, valueKey } from './filter-values.ts';
import { GrainPicker } from './grain-picker.tsx';
import { PeriodPicker } from './period-picker.tsx';
import type { PageView } from './use-view.ts';

/** Loaded with the first page that has thresholds. */
const ParameterPicker = lazy(() =>
  import('./parameter-picker.tsx').then((module) => ({ default: module.ParameterPicker })),
);

interface FilterBarProps {
  page: PageView;
  period: Period;
  compare: DateRange | null;
  context: PeriodContext;
  dashboard: Dashboard;
  workspace: WorkspaceInfo;
  catalog: Catalog;
  results: ReadonlyMap<string, BatchItem>;
  /** Dimensions that got a chip with "+ Filter" and have no filter yet. */
  added: readonly string[];
  onAdded(added: readonly string[]): void;
}

type Opened = 'period' | 'compare' | 'add' | 'parameters' | null;

/** Period, comparison, grain, filters: one sticky line; on narrow screens all but the period go to a sheet. */
export function FilterBar(props: FilterBarProps) {
  const { page, period, compare, context, workspace } = props;
  const { view, change } = page;
  const [opened, setOpened] = useState<Opened>(null);
  const narrow = useMediaQuery('(max-width: 47.99em)');
  const [sheet, setSheet] = useState(false);
  const opener = (name: Exclude<Opened, null>) => (open: boolean) => setOpened(open ? name : null);

  useKeys({
    ...presetKeys((id) => change({ period: id })),
    c: () => setOpened('period'),
    '[': () => change({ period: formatPeriod(stepPeriod(period, -1)) }),
    ']': () => change({ period: formatPeriod(stepPeriod(period, 1)) }),
    x: () => change({ compare: view.compare === 'off' ? comparisonToReturnTo(page) : 'off' }),
    'Shift X': () => {
      setSheet(true);
      setOpened('compare');
    },
    f: () => {
      setSheet(true);
      setOpened('add');
    },
    z: () => undo(page),
    'Ctrl Z': () => undo(page),
  });

  const changed = view.filters.length;
  const parameters = parametersOnPage(props.dashboard, props.catalog);
  const offersMatured = view.matured || page.defaults.matured || maturesOnPage(props.dashboard, props.catalog);
  const rest = (
    <>
      <ComparePicker
        view={view}
        period={period}
        compare={compare}
        locale={workspace.locale}
        opened={opened === 'compare'}
        onOpened={opener('compare')}
        onView={change}
      />
      <GrainPicker grain={view.grain} period={period} onGrain={(grain) => change({ grain })} />
      {parameters.length > 0 && (
        <Suspense fallback={null}>
          <ParameterPicker
            parameters={parameters}
            values={view.parameters}
            opened={opened === 'parameters'}
            onOpened={opener('parameters')}
            onValues={(values) => change({ parameters: values })}
          />
        </Suspense>
      )}
      {offersMatured && (
        <label className="check matured-check" title="Leaves out what is too young to have settled">
          <input
            type="checkbox"
            checked={view.matured}
            onChange={(event) => change({ matured: event.currentTarget.checked })}
          />
          Settled only
        </label>
      )}
      <Chips {...props} addOpened={opened === 'add'} onAddOpened={opener('add')} />
      {page.changed && (
        <button type="button" className="button-quiet reset" onClick={page.reset}>
          Reset
        </button>
      )}
    </>
  );

  return (
    <section className="filter-bar" aria-label="Filters">
      <PeriodPicker
        view={view}
        period={period}
        compare={compare}
        context={context}
        workspace={workspace}
        opened={opened === 'period'}
        onOpened={opener('period')}
        onView={change}
        narrow={narrow}
      />
      {narrow ? (
        <>
          <button type="button" className="button" onClick={() => setSheet(true)}>
            <IconFilter aria-hidden size={16} /> Filters ({changed})
          </button>
          {sheet && (
            <Dialog title="Filters" place="sheet" onClose={() => setSheet(false)}>
              <div className="filter-sheet">{rest}</div>
            </Dialog>
          )}
        </>
      ) : (
        rest
      )}
    </section>
  );
}

function Chips(props: FilterBarProps & { addOpened: boolean; onAddOpened(opened: boolean): void }) {
  const { page, dashboard, catalog, workspace, results, added, onAdded } = props;
  const { filters } = page.view;
  const { locale } = workspace;
  const declared = dashboard.filters.filter((filter) => !filter.hidden);
  const names = chipNames(dashboard, filters, added);
  const free = catalog.dimensions.filter(
    (dimension) => !names.includes(dimension.name) && countingMetric(dimension.name, dashboard, catalog),
  );

  const setFilter = (name: string, next: Filter | null) => {
    const at = filters.findIndex((filter) => filter.dimension === name);
    const others = filters.filter((filter) => filter.dimension !== name);
    page.change({ filters: next ? others.toSpliced(at < 0 ? others.length : at, 0, next) : others });
    if (next === null) onAdded(added.filter((one) => one !== name));
  };

  return (
    <>
      {names.map((name) => {
        const dimension = catalog.dimensions.find((one) => one.name === name);
        const filter = filters.find((one) => one.dimension === name);
        const rule = declared.find((one) => one.dimension === name);
        const metric = countingMetric(name, dashboard, catalog);
        return (
          <FilterChip
            key={name}
            name={name}
            dimension={dimension}
            filter={filter}
            values={readValues(name, dimension, results.get(valueKey(name)), filter?.values ?? [], locale)}
            countedAs={catalog.metrics.find((one) => one.name === metric)?.label ?? null}
            multiple={rule?.multiple ?? true}
            locked={rule?.locked ?? false}
            locale={locale}
            startOpened={added.includes(name) && !filter}
            onFilter={(next) => setFilter(name, next)}
            onClosed={() => onAdded(added.filter((one) => one !== name))}
          />
        );
      })}
      <AddFilter
        dimensions={free}
        opened={props.addOpened}
        onOpened={props.onAddOpened}
        onAdd={(name) => {
          props.onAddOpened(false);
          onAdded([...added, name]);
        }}
      />
    </>
  );
}

/** Declared filters always have a chip; then those of the address, then those just added. */
export function chipNames(dashboard: Dashboard, filters: readonly Filter[], added: readonly string[]): string[] {
  const hidden = new Set(dashboard.filters.filter((filter) => filter.hidden).map((filter) => filter.dimension));
  const names = [...dashboard.filters, ...filters].map((filter) => filter.dimension);
  return [...new Set([...names, ...added])].filter((name) => !hidden.has(name));
}

function presetKeys(choose: (id: string) => void): KeyMap {
  return Object.fromEntries(
    PERIOD_PRESETS.flatMap((preset) => ('key' in preset ? [[preset.key, () => choose(preset.id)]] : [])),
  );
}

function comparisonToReturnTo({ defaults }: PageView): string {
  return defaults.compare === 'off' ? 'prev' : defaults.compare;
}

function undo(page: PageView): void {
  announce(page.undo() ? 'The last filter is undone' : 'There is no filter to undo');
}
