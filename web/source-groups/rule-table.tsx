import { IconPencil, IconTrash } from '@tabler/icons-react';
import { Fragment, useRef } from 'react';
import type { Problem } from '../../src/contract/errors.ts';
import { UNASSIGNED } from '../../src/contract/words.ts';

import { formatValue } from '../format/index.ts';
import { announce } from '../layout/messages.tsx';
import { MoveActions, moveByKeys, RowAction, useRowFocus } from '../layout/row-actions.tsx';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { type DraftRule, type DraftStep, finishCondition } from './rule-draft.ts';
import { RuleForm } from './rule-form.tsx';
import { conditionWords } from './rule-words.ts';

export interface RuleReport {
  /** Registrations that the rule catches; undefined while it is not finished. */
  caught: number | undefined;
  problems: readonly Problem[];
}

interface RuleTableProps {
  rules: readonly DraftRule[];
  reports: ReadonlyMap<number, RuleReport>;
  unassigned: number | undefined;
  lists: readonly string[];
  locale: string;
  /** The rule that is open for changes. */
  opened: number | null;
  onOpen(id: number | null): void;
  step(step: DraftStep): void;
}

const HEADINGS = [{ number: 'No.' }, 'Group', 'When', { number: 'Registrations' }, { hidden: 'Actions' }] as const;

/** The rules in their order, each with what it catches; what none catches comes last. */
export function RuleTable(props: RuleTableProps) {
  const { rules, reports, unassigned, locale, opened, onOpen, step } = props;
  const frame = useRef<HTMLDivElement>(null);
  const count = (value: number | undefined) => (value === undefined ? '' : formatValue(value, { locale }, 'table'));

  // A row that goes leaves the focus to the one that follows.
  const focusOn = useRowFocus(frame, '[data-action="edit"]');

  const move = (index: number, by: -1 | 1, action: string) => {
    const rule = rules[index];
    if (rule === undefined || rules[index + by] === undefined) return;
    focusOn(rule.id, action);
    step({ type: 'move', id: rule.id, by });
    announce(`${nameOf(rule)} is now rule ${index + 1 + by}.`);
  };
  const remove = (index: number) => {
    const rule = rules[index];
    if (rule === undefined) return;
    const next = rules[index + 1] ?? rules[index - 1];
    if (next) focusOn(next.id, 'remove');
    if (opened === rule.id) onOpen(null);
    step({ type: 'remove', id: rule.id });
    announce(`Rule ${index + 1}, ${nameOf(rule)}, was removed.`);
  };
  const close = (id: number) => {
    focusOn(id, 'edit');
    onOpen(null);
  };

  return (
    <div ref={frame}>
      <TableFrame label="Rules in their order">
        <PlainTable
          className="card-table rule-table"
          caption="Rules in their order: the first that fits decides"
          headings={HEADINGS}
        >
          {rules.map((rule, index) => (
            <RuleRows
              key={rule.id}
              {...props}
              rule={rule}
              index={index}
              report={reports.get(rule.id)}
              count={count}
              onMove={(by, action) => move(index, by, action)}
              onRemove={() => remove(index)}
              onClose={() => close(rule.id)}
            />
          ))}
          <tr className="rule-unassigned">
            <td className="rule-place" />
            <th scope="row">{UNASSIGNED}</th>
            <td>No rule fits</td>
            <td className="number" data-label="Registrations">
              {count(unassigned)}
            </td>
            <td data-empty />
          </tr>
        </PlainTable>
      </TableFrame>
    </div>
  );
}

const nameOf = (rule: DraftRule): string => rule.group.trim() || 'a rule without a group';

interface RuleRowsProps extends RuleTableProps {
  rule: DraftRule;
  index: number;
  report: RuleReport | undefined;
  count(value: number | undefined): string;
  onMove(by: -1 | 1, action: string): void;
  onRemove(): void;
  onClose(): void;
}

function RuleRows({ rule, index, report, count, onMove, onRemove, onClose, ...props }: RuleRowsProps) {
  const { rules, opened, onOpen, step, lists } = props;
  const isOpen = opened === rule.id;
  const said = `rule ${index + 1}, ${nameOf(rule)}`;
  const problems = report?.problems ?? [];
  const onKeyDown = moveByKeys(onMove);
  return (
    <>
      <tr data-row={rule.id} data-open={isOpen || undefined} data-bad={problems.length > 0 || undefined}>
        <td className="number rule-place">{index + 1}</td>
        <th scope="row" data-place={index + 1}>
          {rule.group.trim() || <span className="faint">no group yet</span>}
        </th>
        <td>
          <Conditions rule={rule} />
          {problems.map((problem) => (
            <p key={`${problem.path} ${problem.message}`} className="rule-problem">
              {problem.message} {problem.hint}
            </p>
          ))}
        </td>
        <td className="number" data-label="Registrations">
          {count(report?.caught)}
        </td>
        <td className="row-actions rule-actions">
          <div>
            <MoveActions
              up={{ label: `Move ${said}, up`, title: 'Up (Alt ↑)' }}
              down={{ label: `Move ${said}, down`, title: 'Down (Alt ↓)' }}
              isFirst={index === 0}
              isLast={index === rules.length - 1}
              onMove={onMove}
              onKeyDown={onKeyDown}
            />
            <RowAction
              action="edit"
              label={`Change ${said}`}
              title="Change"
              icon={<IconPencil aria-hidden size={16} />}
              expanded={isOpen}
              onClick={() => onOpen(isOpen ? null : rule.id)}
              onKeyDown={onKeyDown}
            />
            <RowAction
              action="remove"
              label={`Remove ${said}`}
              title="Remove"
              icon={<IconTrash aria-hidden size={16} />}
              onClick={onRemove}
              onKeyDown={onKeyDown}
            />
          </div>
        </td>
      </tr>
      {isOpen && (
        <tr className="rule-form-row">
          <td colSpan={HEADINGS.length}>
            <RuleForm rule={rule} place={index + 1} rules={rules} lists={lists} step={step} onClose={onClose} />
          </td>
        </tr>
      )}
    </>
  );
}

function Conditions({ rule }: { rule: DraftRule }) {
  return (
    <span className="rule-when">
      {rule.when.map((draft, index) => {
        const condition = finishCondition(draft);
        const words = condition === null ? null : conditionWords(condition);
        return (
          <span key={draft.id}>
            {index > 0 && <span className="faint">and </span>}
            {words === null ? (
              <span className="faint">something is missing</span>
            ) : (
              <>
                {words.says}
                {words.values.map((value, place) => (
                  <Fragment key={value}>
                    {' '}
                    <code>{value}</code>
                    {place < words.values.length - 1 && ','}
                  </Fragment>
                ))}
                {words.more > 0 && ` and ${words.more} more`}
              </>
            )}
          </span>
        );
      })}
    </span>
  );
}
