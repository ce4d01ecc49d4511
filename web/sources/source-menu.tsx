import { IconDots } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { SourceInfo } from '../../src/contract/api.ts';
import { useAsk } from '../api/use-ask.ts';
import { Layer } from '../layout/layer.tsx';
import { sourcePath } from './source-path.ts';

/** What else can be done with a source in the list. */
export function SourceMenu({ source }: { source: SourceInfo }) {
  const [opened, setOpened] = useState(false);
  const pause = usePause(source);
  const params = { name: source.name };
  const close = () => setOpened(false);
  return (
    <Layer
      label={`More for ${source.label}`}
      opened={opened}
      onChange={setOpened}
      align="end"
      className="menu"
      button={<IconDots aria-hidden size={18} />}
      buttonLabel={`More for ${source.label}`}
      buttonClass="button-icon"
    >
      <Link to="/sources/$name" params={params} onClick={close}>
        Open
      </Link>
      <Link to="/sources/$name/edit" params={params} onClick={close}>
        Change its settings
      </Link>
      <Link to="/ledger" search={{ text: `?source=${source.name}` }} onClick={close}>
        Its ledger
      </Link>
      {source.mode === 'pull' && (
        <button
          type="button"
          onClick={() => {
            close();
            void pause();
          }}
        >
          {source.state === 'paused' ? 'Resume the schedule' : 'Pause the schedule'}
        </button>
      )}
    </Layer>
  );
}

/** Stops the schedule of a source or lets it go on. */
export function usePause(source: SourceInfo): () => Promise<unknown> {
  const ask = useAsk();
  const paused = source.state !== 'paused';
  return () =>
    ask(
      `${sourcePath(source.name)}/pause`,
      { paused },
      paused ? `${source.label} is paused until you resume it.` : `${source.label} goes on by its schedule.`,
    );
}
