import { useState } from 'react';
import type { ImportInfo } from '../../src/contract/api.ts';
import { formatRows } from '../format/index.ts';
import { Dialog } from '../layout/dialog.tsx';
import { showToast } from '../layout/messages.tsx';
import { countedRows } from './file-words.ts';
import type { ImportAction } from './import-api.ts';

interface UndoButtonProps {
  info: ImportInfo;
  act(what: ImportAction): Promise<ImportInfo>;
  locale: string;
  /** In a list of files the name says which. */
  named?: boolean;
}

/** Takes a whole file back, after asking. */
export function UndoButton({ info, act, locale, named = false }: UndoButtonProps) {
  const [asked, setAsked] = useState(false);
  const [working, setWorking] = useState(false);
  if (info.run === null || info.run.batch?.undone) return null;

  const undo = async () => {
    setWorking(true);
    try {
      await act({ action: 'undo' });
      showToast(`${info.file} was taken back.`);
    } catch (error) {
      showToast(error instanceof Error ? error.message : 'The import could not be taken back. Try again.');
    } finally {
      setWorking(false);
      // What is told stands under an open dialog.
      setAsked(false);
    }
  };

  return (
    <>
      <button
        type="button"
        className={named ? 'button-text' : 'button'}
        aria-label={named ? `Undo the import of ${info.file}` : undefined}
        onClick={() => setAsked(true)}
      >
        Undo
      </button>
      {asked && (
        <Dialog title="Take this import back?" onClose={() => setAsked(false)}>
          <p>
            What {info.file} brought ({formatRows(countedRows(info) ?? 0, locale)}) is no longer counted. What other
            files and services said about the same people and messages stays.
          </p>
          <div className="layer-actions">
            <button type="button" className="button" onClick={() => setAsked(false)}>
              Keep it
            </button>
            <button type="button" className="button-main" disabled={working} onClick={() => void undo()}>
              Take it back
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
