import { IconFileSpreadsheet } from '@tabler/icons-react';
import { type DragEvent, useRef, useState } from 'react';

interface DropZoneProps {
  disabled: boolean;
  onFiles(files: File[]): void;
}

/** Where files are dropped, or chosen by button. */
export function DropZone({ disabled, onFiles }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

  const onDrag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === 'dragover' && !disabled);
  };
  const onDrop = (event: DragEvent) => {
    onDrag(event);
    if (!disabled) onFiles([...event.dataTransfer.files]);
  };

  return (
    <section
      className="import-drop"
      aria-label="Bring a file"
      data-over={over || undefined}
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={onDrop}
    >
      <IconFileSpreadsheet size={40} stroke={1.25} aria-hidden />
      <p className="import-drop-title">Drop CSV or Excel files here</p>
      <button type="button" className="button-main" disabled={disabled} onClick={() => input.current?.click()}>
        Choose files
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to import"
        accept=".csv,.tsv,.txt,.tab,.xlsx,text/csv,text/tab-separated-values,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same file may be chosen again.
          currentTarget.value = '';
          onFiles(files);
        }}
      />
      <p className="faint">
        Any separator, encoding or sheet; it is found out and shown to you. Nothing is counted before you say so.
      </p>
    </section>
  );
}
