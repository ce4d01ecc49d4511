import { stringify } from 'yaml';
import type { SourceRule } from '../../src/contract/source-groups.ts';
import { Dialog } from '../layout/dialog.tsx';
import { showToast } from '../layout/messages.tsx';

/** The draft as the file that it would become, to put into the repository or into another workspace. */
export function RulesYamlDialog({ rules, onClose }: { rules: readonly SourceRule[]; onClose(): void }) {
  const text = stringify({ version: 1, rules }, { lineWidth: 110 });
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => showToast('YAML copied.'),
      () => showToast('The browser did not allow copying. Mark the text and copy it.'),
    );
  return (
    <Dialog title="source_groups.yaml" place="wide" onClose={onClose}>
      <p className="faint">
        In the workspace’s folder it takes the place of the standard rules. Lists stay those of the pack unless the file
        has its own.
      </p>
      <textarea className="field code-field" aria-label="Rules as YAML" readOnly rows={18} value={text} />
      <div className="layer-actions">
        <button type="button" className="button-main" onClick={() => void copy()}>
          Copy YAML
        </button>
      </div>
    </Dialog>
  );
}
