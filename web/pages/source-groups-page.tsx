import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Problem } from '../../src/contract/errors.ts';
import type { SourceGroupsInfo, SourceGroupsPreview, SourceRule, Touch } from '../../src/contract/source-groups.ts';
import { UNASSIGNED } from '../../src/contract/words.ts';
import { sendJson } from '../api/client.ts';
import { useWorkspace } from '../api/queries.ts';
import { failureWords } from '../api/use-ask.ts';
import { formatValue } from '../format/index.ts';
import { announce, showToast } from '../layout/messages.tsx';
import { PreviewPanel } from '../source-groups/preview-panel.tsx';
import { ruleOfTouch } from '../source-groups/rule-draft.ts';
import { type RuleReport, RuleTable } from '../source-groups/rule-table.tsx';
import { RulesYamlDialog } from '../source-groups/rules-yaml-dialog.tsx';
import { SOURCE_GROUPS_PATH, usePreview, useSourceGroups } from '../source-groups/source-group-queries.ts';
import { UnassignedList } from '../source-groups/unassigned-list.tsx';
import { useRuleDraft } from '../source-groups/use-rule-draft.ts';
import { SectionNav } from '../sources/section-nav.tsx';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';
import '../sources/sources.css';
import '../source-groups/source-groups.css';

/** The rules that sort registrations by how people came, with what other rules would move. */
export function SourceGroupsPage() {
  const workspace = useWorkspace();
  const info = useSourceGroups();
  useEffect(() => {
    document.title = 'Source groups – Turnout';
  }, []);
  const failed = [workspace, info].find((query) => query.isError && !query.data);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!workspace.data || !info.data) return <PageSkeleton />;
  return (
    <>
      <div className="page-head">
        <h1>Source groups</h1>
        <p className="faint">
          How people came. Rules are tried from the top; the first that fits decides. <code>{info.data.file}</code>
        </p>
      </div>
      <SectionNav />
      <Workshop info={info.data} locale={workspace.data.locale} sample={workspace.data.sample} />
    </>
  );
}

interface WorkshopProps {
  info: SourceGroupsInfo;
  locale: string;
  sample: boolean;
}

function Workshop({ info, locale, sample }: WorkshopProps) {
  const client = useQueryClient();
  const { draft, step, rules, ids, unfinished, changed } = useRuleDraft(info.rules);
  const asked = useSettled(rules, 250);
  const preview = usePreview(asked);
  const [opened, setOpened] = useState<number | null>(null);
  const [showsYaml, setShowsYaml] = useState(false);
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const waiting = asked !== rules || preview.isPlaceholderData;
  const problems = preview.data?.problems ?? [];
  const isStandard = JSON.stringify(rules) === JSON.stringify(info.standard);
  useGuard(changed && !sample);
  useSpoken(preview.data, changed, waiting);

  /** A new rule is open for changes at once. */
  const add = (rule: SourceRule, at: 'top' | 'end') => {
    step({ type: 'add', rule, at });
    setOpened(draft.nextId);
  };

  const send = async (wanted: readonly SourceRule[], standard: boolean) => {
    await (standard
      ? sendJson<SourceGroupsInfo>('DELETE', SOURCE_GROUPS_PATH)
      : sendJson<SourceGroupsInfo>('PUT', SOURCE_GROUPS_PATH, { rules: wanted }));
    await client.invalidateQueries({ queryKey: ['source-groups'] });
  };
  const save = async () => {
    const before = { rules: info.rules, own: info.own };
    setSaving(true);
    setFailure(null);
    try {
      await send(rules, isStandard);
      setOpened(null);
      const undo = () => void send(before.rules, !before.own).catch((error: unknown) => showToast(failureWords(error)));
      showToast('Saved. The registrations of all time are sorted anew.', { label: 'Undo', run: undo });
    } catch (error) {
      setFailure(failureWords(error));
    } finally {
      setSaving(false);
    }
  };

  return (
    <>
      {sample && (
        <p className="panel page-note">
          This is the sample workspace: rules can be tried out here and are not saved. Remove the sample to save rules
          of your own.
        </p>
      )}
      <div className="rule-tools">
        <button
          type="button"
          className="button"
          onClick={() => add({ group: '', when: [{ field: 'source', is: '' }] }, 'top')}
        >
          Add a rule
        </button>
        <button
          type="button"
          className="button-quiet"
          disabled={draft.past.length === 0}
          onClick={() => {
            step({ type: 'undo' });
            announce('Undone.');
          }}
        >
          Undo
        </button>
        <button type="button" className="button-quiet" onClick={() => setShowsYaml(true)}>
          YAML
        </button>
        <button
          type="button"
          className="button-quiet"
          disabled={isStandard}
          onClick={() => {
            setOpened(null);
            step({ type: 'replace', rules: info.standard });
          }}
        >
          Back to the standard rules
        </button>
      </div>
      <div className="rule-workshop">
        <div className="rule-column">
          {draft.rules.length === 0 && (
            <p className="panel">
              There is no rule: every registration is {UNASSIGNED}. Add one, or go back to the standard rules.
            </p>
          )}
          <RuleTable
            rules={draft.rules}
            reports={reportsOf(ids, preview.data, waiting)}
            unassigned={preview.data?.groups.at(-1)?.after}
            lists={Object.keys(info.lists)}
            locale={locale}
            opened={opened}
            onOpen={setOpened}
            step={step}
          />
          {preview.data && preview.data.registrations > 0 && (
            <section aria-labelledby="unassigned">
              <h2 id="unassigned">{UNASSIGNED}</h2>
              <UnassignedList
                touches={preview.data.unassigned}
                registrations={preview.data.groups.at(-1)?.after ?? 0}
                locale={locale}
                onMakeRule={(touch: Touch) => add(ruleOfTouch(touch), 'end')}
              />
            </section>
          )}
        </div>
        {preview.data ? (
          <PreviewPanel preview={preview.data} changed={changed} waiting={waiting} locale={locale} />
        ) : preview.error ? (
          <div className="panel preview-panel" role="alert">
            <p>{failureWords(preview.error)}</p>
            <button type="button" className="button" onClick={() => void preview.refetch()}>
              Try again
            </button>
          </div>
        ) : (
          <div className="panel preview-panel faint" aria-busy="true">
            Counting
          </div>
        )}
      </div>
      {changed && (
        <div className="rule-foot">
          {failure && (
            <p className="run-error" role="alert">
              {failure}
            </p>
          )}
          <div className="rule-foot-row">
            <span>
              {footWords({ unfinished, problems, preview: preview.data, waiting, locale })}{' '}
              {sample && 'The sample’s rules cannot be saved.'}
            </span>
            <button
              type="button"
              className="button"
              onClick={() => {
                setOpened(null);
                setFailure(null);
                step({ type: 'start', rules: info.rules });
              }}
            >
              Discard
            </button>
            <button
              type="button"
              className="button-main"
              disabled={sample || saving || waiting || unfinished > 0 || problems.length > 0}
              onClick={() => void save()}
            >
              {saving ? 'Saving' : 'Save'}
            </button>
          </div>
        </div>
      )}
      {showsYaml && <RulesYamlDialog rules={rules} onClose={() => setShowsYaml(false)} />}
    </>
  );
}

/** What the preview tells of each rule of the draft. */
function reportsOf(
  ids: readonly number[],
  preview: SourceGroupsPreview | undefined,
  waiting: boolean,
): ReadonlyMap<number, RuleReport> {
  // While an answer is on its way the numbers belong to other places.
  if (preview === undefined || waiting) return new Map();
  const of = (index: number): Problem[] => preview.problems.filter(({ path }) => path.split('.')[1] === String(index));
  return new Map(ids.map((id, index) => [id, { caught: preview.caught[index], problems: of(index) }]));
}

interface FootWords {
  unfinished: number;
  problems: readonly Problem[];
  preview: SourceGroupsPreview | undefined;
  waiting: boolean;
  locale: string;
}

function footWords({ unfinished, problems, preview, waiting, locale }: FootWords): string {
  if (unfinished > 0) return unfinished === 1 ? 'One rule is not finished.' : `${unfinished} rules are not finished.`;
  if (problems.length > 0)
    return problems.length === 1 ? 'One rule has a mistake.' : `${problems.length} mistakes are to be mended.`;
  if (preview === undefined || waiting) return 'Counting what moves.';
  if (preview.moved === 0) return 'Nothing moves.';
  const moved = formatValue(preview.moved, { locale }, 'table');
  return preview.moved === 1 ? '1 registration moves.' : `${moved} registrations move.`;
}

/** The value as it was once it had rested for a while. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), ms);
    return () => window.clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** The browser asks before a draft is lost. */
function useGuard(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [active]);
}

function useSpoken(preview: SourceGroupsPreview | undefined, changed: boolean, waiting: boolean): void {
  const moved = preview?.moved;
  useEffect(() => {
    if (changed && !waiting && moved !== undefined) announce(`${moved} registrations would move.`);
  }, [changed, waiting, moved]);
}
