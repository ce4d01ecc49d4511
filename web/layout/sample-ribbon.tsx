import { useState } from 'react';
import type { WorkspaceInfo } from '../../src/contract/api.ts';
import { postJson } from '../api/client.ts';
import { formatDay } from '../format/index.ts';
import { Layer } from './layer.tsx';
import { showToast } from './messages.tsx';

/** Says that these are not the team's own numbers, and takes them away. */
export function SampleRibbon({ workspace }: { workspace: WorkspaceInfo }) {
  const [opened, setOpened] = useState(false);
  const [working, setWorking] = useState(false);

  const remove = async () => {
    setWorking(true);
    try {
      await postJson('/api/v1/sample/remove', {});
      // Another workspace answers from now on: start the page anew, its live connection included.
      window.location.assign('/');
    } catch (error) {
      showToast(error instanceof Error ? error.message : 'The sample data could not be removed. Try again.');
      setWorking(false);
    }
  };

  return (
    <aside className="ribbon" aria-label="Sample data">
      <span>
        <strong>Sample data</strong> – fixed clock {formatDay(workspace.today, workspace.locale)}
      </span>
      <Layer
        label="Remove the sample data"
        opened={opened}
        onChange={setOpened}
        align="end"
        buttonClass="button-text"
        button="Remove"
      >
        <p className="layer-title">Remove the sample data?</p>
        <p>Turnout then shows your own workspace. It stays empty until your first source sends.</p>
        <div className="layer-actions">
          <button type="button" className="button" onClick={() => setOpened(false)}>
            Keep it
          </button>
          <button type="button" className="button-main" disabled={working} onClick={() => void remove()}>
            Remove sample data
          </button>
        </div>
      </Layer>
    </aside>
  );
}
