import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import type { IdentityRules } from '../../src/contract/identity.ts';
import type { MatchKind } from '../../src/contract/words.ts';
import { sendJson } from '../api/client.ts';
import { failureWords } from '../api/use-ask.ts';
import { announce, showToast } from '../layout/messages.tsx';
import { MoveActions, moveByKeys, useRowFocus } from '../layout/row-actions.tsx';
import { draftIdentity, finishIdentity, type IdentityDraft, moveKind, switchKind } from './identity-draft.ts';
import { KIND_WORDS } from './matching-words.ts';

interface IdentityRulesFormProps {
  rules: IdentityRules;
  /** The workspace has an identity.yaml. */
  own: boolean;
  sample: boolean;
}

/** The rules by which people are recognised, with what saving them will do. */
export function IdentityRulesForm({ rules, own, sample }: IdentityRulesFormProps) {
  const client = useQueryClient();
  const id = useId();
  const [draft, setDraft] = useState<IdentityDraft>(() => draftIdentity(rules));
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const wanted = finishIdentity(draft);
  const changed = JSON.stringify(wanted) !== JSON.stringify(finishIdentity(draftIdentity(rules)));
  const addressesChange = JSON.stringify(wanted.email) !== JSON.stringify(rules.email);

  // What was saved elsewhere shows here as long as nothing was changed.
  const known = useRef(rules);
  useEffect(() => {
    if (JSON.stringify(known.current) === JSON.stringify(rules)) return;
    const untouched = JSON.stringify(finishIdentity(draft)) === JSON.stringify(known.current);
    known.current = rules;
    if (untouched) setDraft(draftIdentity(rules));
  }, [rules, draft]);

  const save = async () => {
    setSaving(true);
    setFailure(null);
    try {
      await sendJson('PUT', '/api/v1/identity/rules', { rules: wanted });
      await client.invalidateQueries({ queryKey: ['identity'] });
      showToast('Saved in identity.yaml. The webinars of all time are counted anew.');
    } catch (error) {
      setFailure(failureWords(error));
    } finally {
      setSaving(false);
    }
  };

  return (
    <form
      className="panel identity-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && !saving && !sample) void save();
      }}
    >
      <p className="faint">
        <code>identity.yaml</code>{' '}
        {own ? 'in the workspace’s folder.' : 'is not there yet: the standard rules hold. Saving writes it.'}
      </p>
      <KindOrder draft={draft} onChange={setDraft} />
      <fieldset>
        <legend>E-mail addresses</legend>
        <label className="check">
          <input
            type="checkbox"
            checked={draft.ignoresPlusTags}
            onChange={(event) => setDraft({ ...draft, ignoresPlusTags: event.currentTarget.checked })}
          />
          What follows a plus sign makes no difference (dana+webinar@example.com is dana@example.com)
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={draft.ignoresDots}
            onChange={(event) => setDraft({ ...draft, ignoresDots: event.currentTarget.checked })}
          />
          Dots make no difference in the mailboxes of Gmail
        </label>
      </fieldset>
      <fieldset>
        <legend>Not counted in webinars</legend>
        <p className="faint">Staff and testers. What they do is kept, and counted again when they are taken off.</p>
        <div className="identity-lists">
          <div>
            <label htmlFor={`${id}emails`}>Addresses, one per line</label>
            <textarea
              id={`${id}emails`}
              className="field code-field"
              rows={3}
              spellCheck={false}
              autoCapitalize="off"
              value={draft.emails}
              onChange={(event) => setDraft({ ...draft, emails: event.currentTarget.value })}
            />
          </div>
          <div>
            <label htmlFor={`${id}domains`}>Whole domains, one per line</label>
            <textarea
              id={`${id}domains`}
              className="field code-field"
              rows={3}
              spellCheck={false}
              autoCapitalize="off"
              value={draft.domains}
              onChange={(event) => setDraft({ ...draft, domains: event.currentTarget.value })}
            />
          </div>
        </div>
      </fieldset>
      {failure && (
        <p className="run-error" role="alert">
          {failure}
        </p>
      )}
      <div className="identity-foot">
        <span className="faint">
          {sample
            ? 'This is the sample workspace: its rules cannot be saved. Remove the sample first.'
            : wanted.match.length === 0
              ? 'Match by one thing at least.'
              : addressesChange
                ? 'Everything is counted anew: people are recognised by other rules.'
                : 'The webinars of all time are counted anew.'}
        </span>
        <button
          type="button"
          className="button"
          disabled={!changed || saving}
          onClick={() => {
            setFailure(null);
            setDraft(draftIdentity(rules));
          }}
        >
          Discard
        </button>
        <button
          type="submit"
          className="button-main"
          disabled={!changed || saving || sample || wanted.match.length === 0}
        >
          {saving ? 'Saving' : 'Save'}
        </button>
      </div>
    </form>
  );
}

function KindOrder({ draft, onChange }: { draft: IdentityDraft; onChange(draft: IdentityDraft): void }) {
  const list = useRef<HTMLOListElement>(null);
  const focusOn = useRowFocus(list, 'input');
  const move = (kind: MatchKind) => (by: -1 | 1, action: string) => {
    const next = moveKind(draft, kind, by);
    if (next === draft) return;
    focusOn(kind, action);
    announce(`${KIND_WORDS[kind]} is now number ${next.kinds.findIndex((one) => one.kind === kind) + 1}.`);
    onChange(next);
  };
  return (
    <fieldset>
      <legend>A join belongs to the registration with the same</legend>
      <ol ref={list} className="plain-list kind-order">
        {draft.kinds.map(({ kind, used }, index) => (
          <li key={kind} data-row={kind}>
            <label className="check">
              <input
                type="checkbox"
                checked={used}
                onChange={(event) => onChange(switchKind(draft, kind, event.currentTarget.checked))}
                onKeyDown={moveByKeys(move(kind))}
              />
              {KIND_WORDS[kind]}
            </label>
            <span>
              <MoveActions
                up={{ label: `Ask earlier: ${KIND_WORDS[kind]}`, title: 'Earlier (Alt ↑)' }}
                down={{ label: `Ask later: ${KIND_WORDS[kind]}`, title: 'Later (Alt ↓)' }}
                isFirst={index === 0}
                isLast={index === draft.kinds.length - 1}
                onMove={move(kind)}
                onKeyDown={moveByKeys(move(kind))}
              />
            </span>
          </li>
        ))}
      </ol>
      <p className="faint">From the top: the first that finds a registration of the webinar decides.</p>
    </fieldset>
  );
}
