import {
  type Icon,
  IconAdjustments,
  IconArrowRight,
  IconCalendar,
  IconChartBar,
  IconCheck,
  IconFilter,
  IconFocus2,
  IconSearch,
  IconTimeline,
  IconX,
} from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useWorkspace } from '../api/queries.ts';
import { offeredGrains } from '../filters/grain-picker.tsx';
import { Dialog } from '../layout/dialog.tsx';
import { usePreference } from '../layout/preferences.ts';
import { useColorScheme } from '../theme/color-scheme.ts';
import { usePageScope } from './page-scope.ts';
import { buildItems, findItems, type PaletteGroup, type PaletteItem } from './palette-items.ts';
import { readRecent, rememberRecent } from './recent-items.ts';
import { useActions } from './run-action.ts';
import './palette.css';

const ICONS: Record<PaletteGroup, Icon> = {
  'Go to': IconArrowRight,
  Tile: IconFocus2,
  Filter: IconFilter,
  Period: IconCalendar,
  Comparison: IconChartBar,
  Grain: IconTimeline,
  Page: IconAdjustments,
  Display: IconAdjustments,
};
const PAGE = 8;

/** One field for places, tiles, values, periods and actions. The focus stays in it; `aria-activedescendant` says what Enter does. */
export default function Palette({ onClose, onKeys }: { onClose(): void; onKeys(): void }) {
  const { data: workspace } = useWorkspace();
  const scope = usePageScope();
  const theme = useColorScheme();
  const density = usePreference('density');
  const run = useActions(scope, onKeys);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const [recent] = useState(readRecent);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  const items = useMemo(
    () => buildItems({ workspace, scope, grains: scope ? offeredGrains(scope.period) : [], theme, density }),
    [workspace, scope, theme, density],
  );
  const sections = useMemo(() => findItems(items, query, recent, scope), [items, query, recent, scope]);
  const shown = sections.flatMap((section) => section.items);
  const at = Math.min(active, shown.length - 1);
  const optionId = (index: number) => `${id}-${index}`;

  useEffect(() => input.current?.focus(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the option is found in the document
  useEffect(() => {
    if (at === 0 && list.current) list.current.scrollTop = 0;
    else document.getElementById(optionId(at))?.scrollIntoView({ block: 'nearest' });
  }, [at, query]);

  const close = () => input.current?.closest('dialog')?.close();
  const choose = (item: PaletteItem | undefined) => {
    if (!item) return;
    rememberRecent(item.id);
    close();
    run(item.action);
  };
  const move = (step: number, around: boolean) => {
    const count = shown.length;
    if (count === 0) return;
    setActive(around ? (at + step + count) % count : Math.min(count - 1, Math.max(0, at + step)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const isOpener = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
    if (isOpener) close();
    else if (event.key === 'Enter') choose(shown[at]);
    else if (event.key === 'ArrowDown') move(1, true);
    else if (event.key === 'ArrowUp') move(-1, true);
    else if (event.key === 'PageDown') move(PAGE, false);
    else if (event.key === 'PageUp') move(-PAGE, false);
    else return;
    event.preventDefault();
  };

  let index = 0;
  return (
    <Dialog title="Search" place="top" onClose={onClose}>
      <div className="palette">
        <div className="palette-head">
          <IconSearch aria-hidden size={18} />
          <input
            ref={input}
            type="text"
            className="palette-input"
            role="combobox"
            aria-label="Search"
            aria-autocomplete="list"
            aria-expanded={shown.length > 0}
            aria-controls={shown.length > 0 ? id : undefined}
            aria-activedescendant={shown.length > 0 ? optionId(at) : undefined}
            placeholder={scope ? 'Page, tile, value, period' : 'Page or action'}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            enterKeyHint="go"
            value={query}
            onChange={(event) => {
              setQuery(event.currentTarget.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
          />
          <button type="button" className="button-icon" aria-label="Close" onClick={close}>
            <IconX aria-hidden size={16} />
          </button>
        </div>
        {shown.length > 0 && (
          <div ref={list} id={id} role="listbox" aria-label="Found" className="palette-list">
            {sections.map(({ title, items: members }) => (
              // biome-ignore lint/a11y/useSemanticElements: a group of options has no element of its own
              <div key={title} role="group" aria-label={title ?? 'Best first'}>
                {title && (
                  <div className="palette-title" aria-hidden="true">
                    {title}
                  </div>
                )}
                {members.map((item) => {
                  const own = index++;
                  return (
                    <Option
                      key={item.id}
                      id={optionId(own)}
                      item={item}
                      active={own === at}
                      kindShown={title === null || title === 'Recent'}
                      onPoint={() => setActive(own)}
                      onChoose={() => choose(item)}
                    />
                  );
                })}
              </div>
            ))}
          </div>
        )}
        <p role="status" className={shown.length > 0 ? 'visually-hidden' : 'palette-none faint'}>
          {query.trim() !== '' && countWords(shown.length, scope !== null)}
        </p>
      </div>
    </Dialog>
  );
}

interface OptionProps {
  id: string;
  item: PaletteItem;
  active: boolean;
  kindShown: boolean;
  onPoint(): void;
  onChoose(): void;
}

function Option({ id, item, active, kindShown, onPoint, onChoose }: OptionProps) {
  const letters = usePreference('letters') === 'on';
  const Kind = ICONS[item.group];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field chooses, options never have the focus
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      className="palette-option"
      onPointerDown={(event) => event.preventDefault()}
      onPointerMove={() => !active && onPoint()}
      onClick={onChoose}
    >
      <Kind aria-hidden size={16} />
      <span className="palette-label">
        {item.label}
        {item.detail && <span className="palette-detail"> {item.detail}</span>}
      </span>
      {item.current && (
        <>
          <IconCheck aria-hidden size={16} />
          <span className="visually-hidden">chosen</span>
        </>
      )}
      {kindShown && <span className="palette-detail palette-kind">{item.group}</span>}
      {item.keys && letters && <kbd>{item.keys}</kbd>}
    </div>
  );
}

function countWords(count: number, onDashboard: boolean): string {
  if (count > 0) return count === 1 ? '1 found' : `${count} found`;
  return onDashboard
    ? 'Nothing is called so. Periods can be typed: last 3 weeks, W47, Oct 2024.'
    : 'Nothing is called so.';
}
