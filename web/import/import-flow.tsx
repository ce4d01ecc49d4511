import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { ImportInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { CheckStep } from './check-step.tsx';
import { FileStep } from './file-step.tsx';
import { titleFromFile } from './file-words.ts';
import { FlowFoot } from './flow-foot.tsx';
import { type ImportAction, type ImportKinds, useImportAction } from './import-api.ts';
import { ImportOutcome, ImportStep, type RunChoices } from './import-step.tsx';
import { KindStep } from './kind-step.tsx';
import { KnownFile } from './known-file.tsx';
import { MatchStep } from './match-step.tsx';
import { StepList } from './step-list.tsx';
import type { StepProps } from './step-props.ts';
import {
  asksValues,
  closedSteps,
  firstStep,
  flowTitle,
  obstaclesOf,
  optionFields,
  type Step,
  stepAfter,
  stepBefore,
} from './steps.ts';
import { newTableName, tableToMake } from './table-target.ts';
import { useCheck } from './use-check.ts';
import { useKindChoice } from './use-kind-choice.ts';
import { useMappingDraft } from './use-mapping-draft.ts';
import { ValuesStep } from './values-step.tsx';

interface ImportFlowProps {
  info: ImportInfo;
  kinds: ImportKinds;
  workspace: WorkspaceInfo;
  /** As the address says; null: where the file stands. */
  step: Step | null;
  go(step: Step): void;
  /** The server works on it: ask again. */
  onWatched(watched: boolean): void;
}

/** The steps of one file: what each one is given, and what lets one go on. */
export function ImportFlow({ info: told, kinds, workspace, step: named, go, onWatched }: ImportFlowProps) {
  const send = useImportAction(told.id);
  const draft = useMappingDraft(told, send);
  const { mapping, change, save, drop } = draft;
  // What is read in another way is guessed anew; a change that is not saved yet would be put over it.
  const act = useCallback(
    async (what: ImportAction) => {
      if (what.action === 'format' || what.action === 'kind') {
        await save().catch(() => undefined);
        drop();
      }
      return send(what);
    },
    [send, save, drop],
  );
  const kindChoice = useKindChoice(act);

  const ended = told.run !== null || told.state === 'running';
  const unreadable = told.columns.length === 0;
  const step = ended ? 'import' : unreadable ? 'file' : (named ?? firstStep(told));
  const kind = kinds.kinds.find((one) => one.record === mapping.record);
  const obstacles = obstaclesOf(told, kind, mapping);

  const lists = optionFields(kind, mapping)
    .map((field) => `${field.name}=${mapping.columns.find((one) => one.field === field.name)?.column}`)
    .join('\n');
  const [found, setFound] = useState<{ lists: string; values: NonNullable<ImportInfo['check']>['unmapped_values'] }>();
  const looksForValues = step === 'values' && lists !== '' && found?.lists !== lists;
  const counts = step === 'check' || step === 'import' || step === 'known';
  const open = looksForValues ? obstacles.filter((one) => one.step !== 'values') : obstacles;
  const check = useCheck(told, (counts || looksForValues) && !draft.dirty && open.length === 0, act);
  const info = { ...told, check: check.result };
  const asks = asksValues(info, kind, mapping);
  useEffect(() => {
    if (check.result !== null) setFound({ lists, values: check.result.unmapped_values });
  }, [check.result, lists]);
  useEffect(() => onWatched(check.checking), [check.checking, onWatched]);

  const [pressed, setPressed] = useState<Step | 'known' | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Error | null>(null);
  const proposed = titleFromFile(info.file);
  const [choices, setChoices] = useState<RunChoices>({ saveAs: proposed, dashboard: true });
  const here = pressed === step ? obstacles.filter((one) => one.step === step) : [];

  const table = mapping.record === 'row' && !unreadable ? newTableName(told.file, kinds.tables) : null;
  useEffect(() => {
    if (!ended && table !== null && mapping.table === undefined) change({ ...mapping, table });
  }, [ended, table, mapping, change]);

  const heading = useRef<HTMLHeadingElement>(null);
  const title = flowTitle(step, info);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new title is a new place
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    setPressed(null);
    setProblem(null);
  }, [step, title]);

  const run = () => {
    const made = tableToMake(info.file, mapping, kinds.tables);
    const saveAs = choices.saveAs.trim();
    return act({
      action: 'run',
      ...(info.saved === null && saveAs !== '' ? { save_as: saveAs } : {}),
      ...(made === null ? {} : { table: made, dashboard: choices.dashboard }),
    });
  };

  const next = async () => {
    if (busy) return;
    setPressed(step);
    const open = obstacles.filter((one) => one.step === step);
    if (open[0]) return focusField(open[0].field);
    setBusy(true);
    setProblem(null);
    try {
      await kindChoice.settled();
      await save();
      if (step === 'import' || step === 'known') await run();
      else go(stepAfter(step, asks));
    } catch (error) {
      setProblem(error instanceof Error ? error : new Error(String(error)));
    } finally {
      setBusy(false);
    }
  };

  const props: StepProps = {
    info,
    kinds,
    kind,
    mapping,
    workspace,
    change,
    act,
    go,
    obstacles: here,
  };
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key !== 'Enter' || event.defaultPrevented || !(event.target instanceof HTMLElement)) return;
    if (event.target.closest('a, button, input, select, textarea, summary, dialog')) return;
    event.preventDefault();
    event.currentTarget.requestSubmit();
  };

  if (ended) {
    return (
      <section className="import-step">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <ImportOutcome {...props} />
      </section>
    );
  }
  return (
    <>
      {step !== 'known' && <StepList id={info.id} current={step} closed={closedSteps(info, obstacles)} />}
      <form
        className="import-step"
        noValidate
        onKeyDown={onKeyDown}
        onSubmit={(event) => {
          event.preventDefault();
          void next();
        }}
      >
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        {step === 'known' && <KnownFile {...props} check={check} />}
        {step === 'file' && <FileStep {...props} />}
        {step === 'kind' && (
          <KindStep
            info={info}
            kinds={kinds}
            chosen={kindChoice.chosen ?? mapping.record}
            onChoose={kindChoice.choose}
          />
        )}
        {step === 'match' && <MatchStep {...props} />}
        {step === 'values' && <ValuesStep {...props} check={check} found={found?.values ?? null} />}
        {(step === 'check' || step === 'import') && obstacles.length > 0 ? (
          <p>Some questions are still open:</p>
        ) : (
          <>
            {step === 'check' && <CheckStep {...props} check={check} />}
            {step === 'import' && (
              <ImportStep {...props} choices={choices} onChoices={setChoices} proposed={proposed} />
            )}
          </>
        )}
        {!unreadable && (
          <FlowFoot
            step={step}
            before={step === 'known' ? null : stepBefore(step, asks)}
            after={step === 'known' ? null : stepAfter(step, asks)}
            info={info}
            locale={workspace.locale}
            obstacles={counts ? obstacles : here}
            problem={problem}
            busy={busy || check.checking}
            go={go}
          />
        )}
      </form>
    </>
  );
}

function focusField(field: string | undefined): void {
  const element = document.getElementById(`match-${field ?? 'date-order'}`);
  element?.focus();
  element?.scrollIntoView({ block: 'center' });
}
