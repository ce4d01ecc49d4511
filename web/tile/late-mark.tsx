import { IconClock } from '@tabler/icons-react';
import { useId, useState } from 'react';

/** A small clock on a tile's title; pointed at, focused or tapped it says why. Esc puts the words away. */
export function LateMark({ sentences }: { sentences: readonly string[] }) {
  const [shown, setShown] = useState(false);
  const id = useId();
  return (
    <span className="late-mark" onPointerEnter={() => setShown(true)} onPointerLeave={() => setShown(false)}>
      <button
        type="button"
        className="late-mark-button"
        aria-label="Not complete"
        aria-describedby={id}
        onFocus={() => setShown(true)}
        onBlur={() => setShown(false)}
        onClick={() => setShown(true)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !shown) return;
          event.stopPropagation();
          setShown(false);
        }}
      >
        <IconClock size={14} aria-hidden />
      </button>
      <span id={id} role="tooltip" className="late-mark-words" hidden={!shown}>
        {sentences.map((sentence) => (
          <span key={sentence}>{sentence} </span>
        ))}
      </span>
    </span>
  );
}
